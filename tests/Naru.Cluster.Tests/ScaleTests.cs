using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class ScaleTests
{
    private const string Sets = "apps/v1/replicasets";
    private const string Body = """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";

    [Fact]
    public async Task Patch_SomebodyElseWritesMeanwhile_IsTriedAgain()
    {
        var rival = new Rival();
        await using var cluster = await TestCluster.StartAsync(admission: rival);
        await cluster.CreateAsync(Sets, "a", Body);
        rival.Writes = () => cluster.Api.PatchAsync(cluster.Call(Sets, "a"), "r", PatchKind.Merge, TestCluster.Map("""{"metadata":{"annotations":{"rival":"was here"}}}"""), default);

        var scale = await PatchAsync(cluster, """{"spec":{"replicas":3}}""");

        Assert.Equal(3, scale.Tree.Integer("spec", "replicas"));
        Assert.Null(rival.Writes);
    }

    [Fact]
    public async Task Patch_OfAnOlderRevision_Conflicts()
    {
        await using var cluster = await TestCluster.StartAsync();
        var made = await cluster.CreateAsync(Sets, "a", Body);
        await PatchAsync(cluster, """{"spec":{"replicas":2}}""");

        var refused = await Assert.ThrowsAsync<NaruException>(() => PatchAsync(cluster, $$$"""{"metadata":{"resourceVersion":"{{{made.Tree.Text("metadata", "resourceVersion")}}}"},"spec":{"replicas":3}}"""));

        Assert.Equal(ErrorKind.Conflict, refused.Kind);
    }

    private static Task<ApiObject> PatchAsync(TestCluster cluster, string patch) =>
        cluster.Api.PatchAsync(cluster.Call(Sets, "a", "scale"), "r", PatchKind.Merge, TestCluster.Map(patch), default);

    /// <summary>Writes once between reading and writing of a scale.</summary>
    private sealed class Rival : IAdmission
    {
        public Func<Task>? Writes { get; set; }

        public int Order => 1;

        public bool Handles(AdmissionRequest request) => request.Subresource == "scale";

        public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
        {
            if (Writes is { } write)
            {
                Writes = null;
                await write();
            }
        }

        public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Undo(AdmissionRequest request)
        {
        }
    }
}
