using Naru.Controllers.Tests.Nodes;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing;

namespace Naru.Controllers.Tests.Volumes;

public sealed class BindingTests
{
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    private static readonly GroupResource Volumes = new("", "persistentvolumes");
    private static readonly GroupResource Classes = new("storage.k8s.io", "storageclasses");
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Nodes = new("", "nodes");

    [Fact]
    public async Task Claim_SeveralVolumesDo_GetsTheSmallest()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "large", "10Gi");
        await VolumeAsync(harness, "small", "2Gi");
        await VolumeAsync(harness, "tiny", "500Mi");
        await VolumeAsync(harness, "other", "1Gi", "\"storageClassName\":\"other\"");
        Assert.Equal("Available", Phase(harness, "small"));
        await ClaimAsync(harness, "c", "1Gi");

        var claim = harness.Get(Claims, "ns", "c");
        Assert.Equal(("small", "Bound", "2Gi", "yes", "yes"), (claim.Text("spec", "volumeName"), claim.Text("status", "phase"), claim.Text("status", "capacity", "storage"),
            claim.Text("metadata", "annotations", "pv.kubernetes.io/bind-completed"), claim.Text("metadata", "annotations", "pv.kubernetes.io/bound-by-controller")));
        Assert.Equal(("Bound", claim.Text("metadata", "uid")), (Phase(harness, "small"), harness.Get(Volumes, "", "small").Text("spec", "claimRef", "uid")));
        Assert.Equal("Available", Phase(harness, "large"));
    }

    [Fact]
    public async Task Claim_VolumeComesLater_IsBoundThen()
    {
        await using var harness = await NodeHarness.StartAsync();
        await ClaimAsync(harness, "c", "1Gi");
        Assert.Equal("Pending", harness.Get(Claims, "ns", "c").Text("status", "phase"));
        Assert.Contains("FailedBinding: no persistent volumes available for this claim and no storage class is set", harness.Events());
        await VolumeAsync(harness, "v", "1Gi");

        Assert.Equal("Bound", harness.Get(Claims, "ns", "c").Text("status", "phase"));
    }

    [Fact]
    public async Task Claims_MoreThanVolumes_NoVolumeIsGivenTwice()
    {
        await using var harness = await NodeHarness.StartAsync();
        for (var index = 0; index < 5; index++)
        {
            await VolumeAsync(harness, $"v{index}", "1Gi");
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => ClaimAsync(harness, $"c{index}", "1Gi")));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));

        var bound = harness.Objects.List(Claims).Select(static one => one.Tree.Text("spec", "volumeName")).OfType<string>().ToList();
        Assert.Equal((5, 5), (bound.Count, bound.Distinct().Count()));
    }

    [Fact]
    public async Task Claim_WithSelectorAndModes_GetsTheVolumeThatHasThem()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "a", "1Gi");
        await harness.CreateAsync(Volumes, """{"metadata":{"name":"b","labels":{"disk":"fast"}},"spec":{"capacity":{"storage":"5Gi"},"accessModes":["ReadWriteMany","ReadWriteOnce"],"hostPath":{"path":"/x"}}}""");
        await ClaimAsync(harness, "c", "1Gi", "\"selector\":{\"matchLabels\":{\"disk\":\"fast\"}}");
        await VolumeAsync(harness, "d", "1Gi");

        Assert.Equal("b", harness.Get(Claims, "ns", "c").Text("spec", "volumeName"));
    }

    [Fact]
    public async Task Claim_NamesVolume_GetsItOrSaysWhyNot()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "v", "1Gi");
        await VolumeAsync(harness, "small", "1Mi");
        await ClaimAsync(harness, "c", "1Gi", "\"volumeName\":\"v\"");
        await ClaimAsync(harness, "late", "1Gi", "\"volumeName\":\"v\"");
        await ClaimAsync(harness, "wrong", "1Gi", "\"volumeName\":\"small\"");

        var claim = harness.Get(Claims, "ns", "c");
        Assert.Equal(("Bound", null), (claim.Text("status", "phase"), claim.Text("metadata", "annotations", "pv.kubernetes.io/bound-by-controller")));
        Assert.Equal(("Pending", "Pending"), (harness.Get(Claims, "ns", "late").Text("status", "phase"), harness.Get(Claims, "ns", "wrong").Text("status", "phase")));
        Assert.Contains("VolumeMismatch: Cannot bind to requested volume \"small\": requested PV is too small", harness.Events());
    }

    [Fact]
    public async Task Volume_PromisedToClaim_IsKeptForIt()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "v", "1Gi", "\"claimRef\":{\"namespace\":\"ns\",\"name\":\"mine\"}");
        await ClaimAsync(harness, "other", "1Gi");
        Assert.Equal("Pending", harness.Get(Claims, "ns", "other").Text("status", "phase"));
        await ClaimAsync(harness, "mine", "1Gi");

        Assert.Equal("v", harness.Get(Claims, "ns", "mine").Text("spec", "volumeName"));
        Assert.Equal(harness.Get(Claims, "ns", "mine").Text("metadata", "uid"), harness.Get(Volumes, "", "v").Text("spec", "claimRef", "uid"));
    }

    [Fact]
    public async Task Claim_Gone_VolumeIsReleasedAndRetained()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "v", "1Gi");
        await ClaimAsync(harness, "c", "1Gi");
        await harness.DeleteAsync(Claims, "ns", "c");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("Released", Phase(harness, "v"));

        // Not for the next claim of the same name either.
        await ClaimAsync(harness, "c", "1Gi");
        Assert.Equal(("Released", "Pending"), (Phase(harness, "v"), harness.Get(Claims, "ns", "c").Text("status", "phase")));
    }

    [Fact]
    public async Task Volume_Gone_ClaimIsLost()
    {
        await using var harness = await NodeHarness.StartAsync();
        await VolumeAsync(harness, "v", "1Gi");
        await ClaimAsync(harness, "c", "1Gi");
        await harness.DeleteAsync(Volumes, "", "v");

        Assert.Equal("Lost", harness.Get(Claims, "ns", "c").Text("status", "phase"));
    }

    [Fact]
    public async Task LocalClass_FirstPodChoosesTheNode_DirectoryIsMadeAndDeletedWithTheClaim()
    {
        using var directory = new TempDirectory();
        await using var harness = await NodeHarness.StartAsync(new() { VolumeDirectory = directory.Path });
        await harness.CreateAsync(new("", "namespaces"), """{"metadata":{"name":"default"}}""");
        Assert.Equal("true", harness.Get(Classes, "", "local").Text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class"));
        await harness.CreateAsync(Nodes, """{"metadata":{"name":"n","labels":{"kubernetes.io/hostname":"host"}}}""");
        await ClaimAsync(harness, "c", "1Gi", "\"storageClassName\":\"local\"");
        Assert.Contains("WaitForFirstConsumer: waiting for first consumer to be created before binding", harness.Events());
        Assert.Empty(harness.Objects.List(Volumes));

        await harness.ChangeAsync(Claims, "ns", "c", static tree => tree.MakeMap("metadata").MakeMap("annotations")["volume.kubernetes.io/selected-node"] = "n");
        var claim = harness.Get(Claims, "ns", "c");
        var name = $"pvc-{claim.Text("metadata", "uid")}";
        var volume = harness.Get(Volumes, "", name);
        Assert.Equal((name, "Bound", "Bound"), (claim.Text("spec", "volumeName"), claim.Text("status", "phase"), Phase(harness, name)));
        Assert.Equal("host", volume.Maps("spec", "nodeAffinity", "required", "nodeSelectorTerms").Single().Maps("matchExpressions").Single().List("values")!.Texts().Single());
        var path = volume.Text("spec", "local", "path")!;
        Assert.Equal(Path.Combine(directory.Path, name), path);
        Directory.CreateDirectory(Path.Combine(path, "data"));

        await harness.DeleteAsync(Claims, "ns", "c");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Null(harness.Find(Volumes, "", name));
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task LocalVolume_PathIsNotItsOwn_IsNotDeleted()
    {
        using var directory = new TempDirectory();
        await using var harness = await NodeHarness.StartAsync(new() { VolumeDirectory = directory.Path });
        var data = Directory.CreateDirectory(Path.Combine(directory.Path, "precious")).FullName;
        await harness.CreateAsync(Volumes, """
            {"metadata":{"name":"v","annotations":{"pv.kubernetes.io/provisioned-by":"naru.dev/local"}},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy":"Delete","local":{"path":"PATH"},"claimRef":{"namespace":"ns","name":"gone","uid":"x"}}}
            """.Replace("PATH", data, StringComparison.Ordinal));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.True(Directory.Exists(data));
        Assert.Equal("Failed", Phase(harness, "v"));
    }

    [Fact]
    public async Task LocalClass_ChosenNodeIsGone_SchedulerChoosesAnew()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Classes, """{"metadata":{"name":"l"},"provisioner":"naru.dev/local","volumeBindingMode":"WaitForFirstConsumer"}""");
        await ClaimAsync(harness, "c", "1Gi", "\"storageClassName\":\"l\"");
        await harness.ChangeAsync(Claims, "ns", "c", static tree => tree.MakeMap("metadata").MakeMap("annotations")["volume.kubernetes.io/selected-node"] = "gone");

        Assert.Null(harness.Get(Claims, "ns", "c").Text("metadata", "annotations", "volume.kubernetes.io/selected-node"));
    }

    [Fact]
    public async Task Claim_OfOutsideProvisioner_SaysWhoIsToMakeIt()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Classes, """{"metadata":{"name":"csi"},"provisioner":"csi.example.com","volumeBindingMode":"Immediate"}""");
        await ClaimAsync(harness, "c", "1Gi", "\"storageClassName\":\"csi\"");

        Assert.Equal("csi.example.com", harness.Get(Claims, "ns", "c").Text("metadata", "annotations", "volume.kubernetes.io/storage-provisioner"));
    }

    [Fact]
    public async Task Claim_DeletedInUse_GoesAfterItsLastPod()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Claims, """{"metadata":{"name":"c","namespace":"ns","finalizers":["kubernetes.io/pvc-protection"]},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        await harness.CreateAsync(Pods, """{"metadata":{"name":"p","namespace":"ns"},"spec":{"nodeName":"n","volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"c"}}]}}""");
        await harness.DeleteAsync(Claims, "ns", "c");
        Assert.NotNull(harness.Find(Claims, "ns", "c"));

        await harness.DeleteAsync(Pods, "ns", "p");
        Assert.Null(harness.Find(Claims, "ns", "c"));
    }

    [Fact]
    public async Task Volume_DeletedWhileBound_GoesAfterItsClaim()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Volumes, """{"metadata":{"name":"v","finalizers":["kubernetes.io/pv-protection"]},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"},"persistentVolumeReclaimPolicy":"Retain"}}""");
        await ClaimAsync(harness, "c", "1Gi");
        await harness.DeleteAsync(Volumes, "", "v");
        Assert.NotNull(harness.Find(Volumes, "", "v"));

        await harness.DeleteAsync(Claims, "ns", "c");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Null(harness.Find(Volumes, "", "v"));
    }

    [Fact]
    public async Task Claim_AsksForMore_LocalVolumeGrows()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Volumes, """
            {"metadata":{"name":"v","annotations":{"pv.kubernetes.io/provisioned-by":"naru.dev/local"}},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"}}}
            """);
        await ClaimAsync(harness, "c", "1Gi");
        await harness.ChangeAsync(Claims, "ns", "c", static tree => tree.Map("spec", "resources", "requests")!["storage"] = "3Gi");

        Assert.Equal(("3Gi", "3Gi"), (harness.Get(Volumes, "", "v").Text("spec", "capacity", "storage"), harness.Get(Claims, "ns", "c").Text("status", "capacity", "storage")));
    }

    [Fact]
    public async Task Pod_WithVolumeOfItsOwn_GetsTheClaim()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Pods, """
            {"metadata":{"name":"p","namespace":"ns"},"spec":{"volumes":[{"name":"scratch","ephemeral":{"volumeClaimTemplate":{"metadata":{"labels":{"a":"b"}},
            "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}}}]}}
            """);

        var claim = harness.Get(Claims, "ns", "p-scratch");
        Assert.Equal(("b", "Pod"), (claim.Text("metadata", "labels", "a"), claim.Maps("metadata", "ownerReferences").Single().Text("kind")));
    }

    private static Task VolumeAsync(NodeHarness harness, string name, string size, string more = "\"volumeMode\":\"Filesystem\"") => harness.CreateAsync(Volumes, """
        {"metadata":{"name":"NAME"},"spec":{"capacity":{"storage":"SIZE"},"accessModes":["ReadWriteOnce"],"persistentVolumeReclaimPolicy":"Retain","hostPath":{"path":"/x"},MORE}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("SIZE", size, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal));

    private static Task ClaimAsync(NodeHarness harness, string name, string size, string more = "\"volumeMode\":\"Filesystem\"") => harness.CreateAsync(Claims, """
        {"metadata":{"name":"NAME","namespace":"ns"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"SIZE"}},MORE},"status":{"phase":"Pending"}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("SIZE", size, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal));

    private static string? Phase(NodeHarness harness, string volume) => harness.Get(Volumes, "", volume).Text("status", "phase");
}
