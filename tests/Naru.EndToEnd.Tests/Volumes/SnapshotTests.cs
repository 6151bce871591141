using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Volumes;

/// <summary>Snapshots of local volumes, volumes made of them, clones, and volumes that grow.</summary>
public sealed class SnapshotTests(PodCluster cluster) : IClassFixture<PodCluster>
{
    [Fact]
    public async Task Snapshot_TakenRestoredAndDeleted_HoldsWhatWasThen()
    {
        cluster.Required();
        await cluster.BecomesAsync("true", "get", "volumesnapshotclass", "local", "-o", "jsonpath={.metadata.annotations.snapshot\\.storage\\.kubernetes\\.io/is-default-class}");
        await cluster.ApplyAsync(ClaimTests.Claim("origin") + ClaimTests.Pod("first", "origin", "echo then > /data/file; chmod 640 /data/file; sync; exec sleep 1000"));
        await cluster.OkAsync("wait", "pod/first", "--for=condition=Ready", "--timeout=60s");
        await cluster.BecomesAsync("then 640", "exec", "first", "--", "sh", "-c", "echo $(cat /data/file) $(stat -c %a /data/file)");
        await cluster.ApplyAsync("""
            apiVersion: snapshot.storage.k8s.io/v1
            kind: VolumeSnapshot
            metadata: {name: moment}
            spec: {source: {persistentVolumeClaimName: origin} }
            """);
        await cluster.OkAsync("wait", "volumesnapshot/moment", "--for=jsonpath={.status.readyToUse}=true", "--timeout=60s");
        Assert.Matches("moment +true +origin +1Mi +local +snapcontent-", await cluster.OkAsync("get", "vs", "moment", "--no-headers"));
        await cluster.OkAsync("exec", "first", "--", "sh", "-c", "echo now > /data/file");

        await cluster.ApplyAsync(
            ClaimTests.Claim("restored", "dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: moment}") + ClaimTests.Pod("second", "restored", "cat /data/file; stat -c %a /data/file; exec sleep 1000")
            + ClaimTests.Claim("cloned", "dataSource: {kind: PersistentVolumeClaim, name: origin}") + ClaimTests.Pod("third", "cloned", "cat /data/file; exec sleep 1000"));
        await cluster.BecomesAsync("then\n640", "logs", "second");
        await cluster.BecomesAsync("now", "logs", "third");

        await cluster.OkAsync("delete", "vs", "moment");
        await Eventually.BecomesAsync(async () => (await cluster.OkAsync("get", "vsc", "-o", "name")).Length == 0, "the content is gone");
        await Eventually.BecomesAsync(() => !Directory.EnumerateFileSystemEntries(Path.Combine(cluster.Naru!.DataDirectory, "cluster/snapshots")).Any(), "its files are gone");
        await cluster.OkAsync("delete", "pod/first", "pod/second", "pod/third", "pvc/origin", "pvc/restored", "pvc/cloned", "--now");
        await Eventually.BecomesAsync(() => Directory.GetDirectories(Path.Combine(cluster.Naru!.DataDirectory, "cluster/volumes")).Length == 0, "all files are gone");
    }

    [Fact]
    public async Task Claim_AsksForMore_HasIt()
    {
        cluster.Required();
        await cluster.ApplyAsync(ClaimTests.Claim("growing") + ClaimTests.Pod("grower", "growing", "exec sleep 1000"));
        await cluster.OkAsync("wait", "pod/grower", "--for=condition=Ready", "--timeout=60s");
        await cluster.OkAsync("patch", "pvc", "growing", "-p", """{"spec":{"resources":{"requests":{"storage":"3Mi"} } } }""");

        await cluster.BecomesAsync("3Mi", "get", "pvc", "growing", "-o", "jsonpath={.status.capacity.storage}");
        await cluster.BecomesAsync("3Mi", "get", "pv", "-o", "jsonpath={.items[?(@.spec.claimRef.name==\"growing\")].spec.capacity.storage}");
        await cluster.OkAsync("delete", "pod/grower", "pvc/growing", "--now");
    }
}
