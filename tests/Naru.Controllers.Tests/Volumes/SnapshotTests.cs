using Naru.Controllers.Tests.Nodes;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Volumes;

public sealed class SnapshotTests
{
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    private static readonly GroupResource Volumes = new("", "persistentvolumes");
    private static readonly GroupResource Snapshots = new("snapshot.storage.k8s.io", "volumesnapshots");
    private static readonly GroupResource Contents = new("snapshot.storage.k8s.io", "volumesnapshotcontents");
    private static readonly GroupResource SnapshotClasses = new("snapshot.storage.k8s.io", "volumesnapshotclasses");
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");
    private const string SourceProtection = "snapshot.storage.kubernetes.io/pvc-as-source-protection";

    [Fact]
    public async Task Definitions_ClusterStarts_AreBroughtAndThenTheClass()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(new("", "namespaces"), """{"metadata":{"name":"default"}}""");
        Assert.Equal(3, harness.Objects.List(Definitions).Count);
        Assert.Empty(harness.Objects.List(SnapshotClasses));

        await harness.ChangeAsync(Definitions, "", "volumesnapshotclasses.snapshot.storage.k8s.io", static tree =>
            tree.MakeMap("status").MakeList("conditions").Add(new MapValue { { "type", "Established" }, { "status", "True" } }), NodeHarness.Status);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        var kind = Assert.Single(harness.Objects.List(SnapshotClasses)).Tree;
        Assert.Equal(("naru.dev/local", "Delete", "true"), (kind.Text("driver"), kind.Text("deletionPolicy"), kind.Text("metadata", "annotations", "snapshot.storage.kubernetes.io/is-default-class")));
    }

    [Fact]
    public async Task Snapshot_OfALocalVolume_IsAskedForThenFollowed()
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(Snapshots, """{"metadata":{"name":"s","namespace":"ns"},"spec":{"source":{"persistentVolumeClaimName":"data"}}}""");

        var content = Assert.Single(harness.Objects.List(Contents)).Tree;
        Assert.Equal(("v", "naru.dev/local", "Delete", "s"), (content.Text("spec", "source", "volumeHandle"), content.Text("spec", "driver"), content.Text("spec", "deletionPolicy"), content.Text("spec", "volumeSnapshotRef", "name")));
        Assert.Contains(SourceProtection, harness.Get(Claims, "ns", "data").List("metadata", "finalizers")!.Texts());
        await TakenAsync(harness, content);

        Assert.Equal(
            $$"""{"boundVolumeSnapshotContentName":"{{content.Text("metadata", "name")}}","creationTime":"2026-01-01T00:00:00Z","restoreSize":"1Gi","readyToUse":true}""",
            JsonText.ToText(harness.Get(Snapshots, "ns", "s").Map("status")!));
        Assert.DoesNotContain(SourceProtection, harness.Get(Claims, "ns", "data").List("metadata", "finalizers")?.Texts() ?? []);
        Assert.Equal("local", harness.Get(Snapshots, "ns", "s").Text("spec", "volumeSnapshotClassName"));
    }

    [Fact]
    public async Task Snapshot_Deleted_ContentGoesFirst()
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(Snapshots, """{"metadata":{"name":"s","namespace":"ns"},"spec":{"source":{"persistentVolumeClaimName":"data"}}}""");
        var content = Assert.Single(harness.Objects.List(Contents));
        await TakenAsync(harness, content.Tree);
        await harness.DeleteAsync(Snapshots, "ns", "s");
        Assert.NotNull(harness.Find(Snapshots, "ns", "s"));
        Assert.NotNull(harness.Get(Contents, "", content.Name).Text("metadata", "deletionTimestamp"));

        // The node has removed the data.
        await harness.ChangeAsync(Contents, "", content.Name, static tree => tree.Map("metadata")!.Remove("finalizers"));

        Assert.Null(harness.Find(Snapshots, "ns", "s"));
    }

    [Theory]
    [InlineData("none", "failed to get PVC none from the lister: persistentvolumeclaim \"none\" not found")]
    [InlineData("loose", "the PVC loose is not yet bound to a PV, will not attempt to take a snapshot")]
    public async Task Snapshot_SourceDoesNotDo_SaysWhy(string claim, string why)
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(Claims, """{"metadata":{"name":"loose","namespace":"ns"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        await harness.CreateAsync(Snapshots, $$"""{"metadata":{"name":"s","namespace":"ns"},"spec":{"source":{"persistentVolumeClaimName":"{{claim}}"} } }""");

        Assert.Equal((why, false), (harness.Get(Snapshots, "ns", "s").Text("status", "error", "message"), harness.Get(Snapshots, "ns", "s").Boolean("status", "readyToUse")));
        Assert.Empty(harness.Objects.List(Contents));
    }

    [Fact]
    public async Task Snapshot_OfAnotherDriver_IsLeftToIt()
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(SnapshotClasses, """{"metadata":{"name":"other"},"driver":"x.example.org","deletionPolicy":"Delete"}""");
        await harness.CreateAsync(Snapshots, """{"metadata":{"name":"s","namespace":"ns"},"spec":{"volumeSnapshotClassName":"other","source":{"persistentVolumeClaimName":"data"}}}""");

        Assert.Null(harness.Get(Snapshots, "ns", "s").Map("status"));
        Assert.Empty(harness.Objects.List(Contents));
    }

    [Fact]
    public async Task Claim_FromASnapshot_WaitsForItAndSaysWhatItIsACopyOf()
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(Snapshots, """{"metadata":{"name":"s","namespace":"ns"},"spec":{"source":{"persistentVolumeClaimName":"data"}}}""");
        await ClaimAsync(harness, "again", "1Gi", """{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"s"}""");
        Assert.Contains("ProvisioningFailed: snapshot s is not Ready", harness.Events());
        await TakenAsync(harness, Assert.Single(harness.Objects.List(Contents)).Tree);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(4));

        var volume = harness.Get(Volumes, "", $"pvc-{harness.Get(Claims, "ns", "again").Text("metadata", "uid")}");
        Assert.Equal("snapshot/n/snap", volume.Text("metadata", "annotations", "naru.dev/copy-of"));
        Assert.Equal("Bound", harness.Get(Claims, "ns", "again").Text("status", "phase"));
    }

    [Fact]
    public async Task Claim_Clone_MustBeLargeEnough()
    {
        await using var harness = await StartAsync();
        await ClaimAsync(harness, "small", "1Mi", """{"kind":"PersistentVolumeClaim","name":"data"}""");
        await ClaimAsync(harness, "large", "2Gi", """{"kind":"PersistentVolumeClaim","name":"data"}""");

        Assert.Contains("ProvisioningFailed: requested volume size 1Mi is less than the size 1Gi for the source PVC data", harness.Events());
        Assert.Equal("volume/v", harness.Get(Volumes, "", $"pvc-{harness.Get(Claims, "ns", "large").Text("metadata", "uid")}").Text("metadata", "annotations", "naru.dev/copy-of"));
    }

    private static Task ClaimAsync(NodeHarness harness, string name, string size, string source) => harness.CreateAsync(Claims, """
        {"metadata":{"name":"NAME","namespace":"ns"},"spec":{"storageClassName":"now","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"SIZE"}},"dataSourceRef":SOURCE}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("SIZE", size, StringComparison.Ordinal).Replace("SOURCE", source, StringComparison.Ordinal));

    // What the volume's node writes when it has copied it.
    private static Task TakenAsync(NodeHarness harness, MapValue content) => harness.ChangeAsync(
        Contents,
        "",
        content.Text("metadata", "name")!,
        static tree => tree["status"] = new MapValue { { "snapshotHandle", "n/snap" }, { "creationTime", 1_767_225_600_000_000_000 }, { "readyToUse", true }, { "restoreSize", 1L << 30 } },
        NodeHarness.Status);

    private static async Task<NodeHarness> StartAsync()
    {
        var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(new("", "nodes"), """{"metadata":{"name":"n","labels":{"kubernetes.io/hostname":"n"}}}""");
        await harness.CreateAsync(new("storage.k8s.io", "storageclasses"), """{"metadata":{"name":"now"},"provisioner":"naru.dev/local","volumeBindingMode":"Immediate"}""");
        await harness.CreateAsync(SnapshotClasses, """{"metadata":{"name":"local","annotations":{"snapshot.storage.kubernetes.io/is-default-class":"true"}},"driver":"naru.dev/local","deletionPolicy":"Delete"}""");
        await harness.CreateAsync(Volumes, """
            {"metadata":{"name":"v","annotations":{"pv.kubernetes.io/provisioned-by":"naru.dev/local"}},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"local":{"path":"/x/v"},
            "persistentVolumeReclaimPolicy":"Retain","nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["n"]}]}]}}}}
            """);
        await harness.CreateAsync(Claims, """{"metadata":{"name":"data","namespace":"ns"},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"v","resources":{"requests":{"storage":"1Gi"}}}}""");
        return harness;
    }
}
