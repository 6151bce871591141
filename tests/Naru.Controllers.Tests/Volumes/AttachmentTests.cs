using Naru.Controllers.Tests.Nodes;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Volumes;

public sealed class AttachmentTests
{
    private static readonly GroupResource Attachments = new("storage.k8s.io", "volumeattachments");
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Nodes = new("", "nodes");

    [Fact]
    public async Task Pod_UsesCsiVolume_ItIsAttachedThenDetached()
    {
        await using var harness = await StartAsync("ReadWriteOnce");
        await PodAsync(harness, "p", "n1");
        var attachment = harness.Objects.List(Attachments).Single();
        Assert.Equal(("csi.example.com", "v", "n1"), (attachment.Tree.Text("spec", "attacher"), attachment.Tree.Text("spec", "source", "persistentVolumeName"), attachment.Tree.Text("spec", "nodeName")));

        await harness.ChangeAsync(Attachments, "", attachment.Name, static tree => tree.MakeMap("status")["attached"] = true, NodeHarness.Status);
        Assert.Equal("kubernetes.io/csi/csi.example.com^handle", harness.Get(Nodes, "", "n1").Maps("status", "volumesAttached").Single().Text("name"));
        Assert.Contains("SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume \"v\"", harness.Events());

        await harness.DeleteAsync(Pods, "ns", "p");
        Assert.Empty(harness.Objects.List(Attachments));
        Assert.Empty(harness.Get(Nodes, "", "n1").Maps("status", "volumesAttached"));
    }

    [Fact]
    public async Task Pod_OnOtherNode_WaitsUntilTheVolumeIsFree()
    {
        await using var harness = await StartAsync("ReadWriteOnce");
        await PodAsync(harness, "p", "n1");
        await PodAsync(harness, "q", "n2");
        Assert.Single(harness.Objects.List(Attachments));
        Assert.Contains(harness.Events(), static one => one.StartsWith("FailedAttachVolume: Multi-Attach error", StringComparison.Ordinal));

        await harness.DeleteAsync(Pods, "ns", "p");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(11));
        Assert.Equal("n2", harness.Objects.List(Attachments).Single().Tree.Text("spec", "nodeName"));
    }

    [Fact]
    public async Task Volume_Shared_IsAttachedToBothNodes()
    {
        await using var harness = await StartAsync("ReadWriteMany");
        await PodAsync(harness, "p", "n1");
        await PodAsync(harness, "q", "n2");

        Assert.Equal(2, harness.Objects.List(Attachments).Count);
    }

    [Fact]
    public async Task Driver_NeedsNoAttachment_NoneIsMade()
    {
        await using var harness = await StartAsync("ReadWriteOnce");
        await harness.CreateAsync(new("storage.k8s.io", "csidrivers"), """{"metadata":{"name":"csi.example.com"},"spec":{"attachRequired":false}}""");
        await PodAsync(harness, "p", "n1");

        Assert.Empty(harness.Objects.List(Attachments));
    }

    [Fact]
    public async Task Volume_StillInUse_IsDetachedWhenTheNodeSaysSo()
    {
        await using var harness = await StartAsync("ReadWriteOnce");
        await PodAsync(harness, "p", "n1");
        await harness.ChangeAsync(Nodes, "", "n1", static tree => tree.MakeMap("status").MakeList("volumesInUse").Add("kubernetes.io/csi/csi.example.com^handle"), NodeHarness.Status);
        await harness.DeleteAsync(Pods, "ns", "p");
        Assert.Single(harness.Objects.List(Attachments));

        await harness.ChangeAsync(Nodes, "", "n1", static tree => tree.MakeMap("status").Remove("volumesInUse"), NodeHarness.Status);
        Assert.Empty(harness.Objects.List(Attachments));
    }

    private static Task<NodeHarness> StartAsync(string mode) => StartAsync(NodeHarness.StartAsync(), mode);

    private static async Task<NodeHarness> StartAsync(Task<NodeHarness> starting, string mode)
    {
        var harness = await starting;
        foreach (var node in (string[])["n1", "n2"])
        {
            await harness.CreateAsync(Nodes, """{"metadata":{"name":"NAME"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""".Replace("NAME", node, StringComparison.Ordinal));
        }

        await harness.CreateAsync(new("", "persistentvolumes"), """
            {"metadata":{"name":"v"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["MODE"],"csi":{"driver":"csi.example.com","volumeHandle":"handle"}}}
            """.Replace("MODE", mode, StringComparison.Ordinal));
        await harness.CreateAsync(new("", "persistentvolumeclaims"), """
            {"metadata":{"name":"c","namespace":"ns"},"spec":{"accessModes":["MODE"],"resources":{"requests":{"storage":"1Gi"}}}}
            """.Replace("MODE", mode, StringComparison.Ordinal));
        return harness;
    }

    private static Task PodAsync(NodeHarness harness, string name, string node) => harness.CreateAsync(Pods, """
        {"metadata":{"name":"NAME","namespace":"ns"},"spec":{"nodeName":"NODE","volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"c"}}]}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("NODE", node, StringComparison.Ordinal));
}
