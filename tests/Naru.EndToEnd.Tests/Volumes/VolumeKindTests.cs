using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Volumes;

/// <summary>The rarer kinds of volumes, ways to bind them and ways to mount them; and what is left when naru is killed.</summary>
public sealed class VolumeKindTests(PodCluster cluster) : IClassFixture<PodCluster>
{
    private string Pods => Path.Combine(cluster.Naru!.DataDirectory, "agent/pods");

    [Fact]
    public async Task EphemeralClaim_LivesWithItsPod()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: brief}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: "IMAGE", command: [sh, -c, "echo x > /data/x && exec sleep 1000"], volumeMounts: [{name: data, mountPath: /data}]}]
              volumes: [{name: data, ephemeral: {volumeClaimTemplate: {metadata: {labels: {kind: brief} }, spec: {accessModes: [ReadWriteOncePod], resources: {requests: {storage: 1Mi} } } } } }]
            """);
        await cluster.OkAsync("wait", "pod/brief", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal("brief-data Bound", await cluster.OkAsync("get", "pvc", "-l", "kind=brief", "-o", "jsonpath={.items[0].metadata.name} {.items[0].status.phase}"));

        await cluster.OkAsync("delete", "pod", "brief", "--now");
        await Eventually.BecomesAsync(async () => (await cluster.OkAsync("get", "pvc", "-l", "kind=brief", "-o", "name")).Length == 0, "the claim went with its pod");
    }

    [Fact]
    public async Task ClaimForOnePod_SecondPod_WaitsUntilTheFirstIsGone()
    {
        cluster.Required();
        var node = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        await cluster.ApplyAsync(ClaimTests.Claim("alone").Replace("ReadWriteOnce", "ReadWriteOncePod", StringComparison.Ordinal) + ClaimTests.Pod("holder", "alone", "exec sleep 1000"));
        await cluster.OkAsync("wait", "pod/holder", "--for=condition=Ready", "--timeout=60s");
        await cluster.ApplyAsync(ClaimTests.Pod("other", "alone", "exec sleep 1000", $"nodeName: {node}"));
        await cluster.BecomesAsync(
            "MountVolume.SetUp failed for volume \"data\" : volume uses the ReadWriteOncePod access mode and is already in use by another pod",
            "get", "events", "--field-selector=involvedObject.name=other,reason=FailedMount", "-o", "jsonpath={.items[0].message}");

        await cluster.OkAsync("delete", "pod", "holder", "--now");
        await cluster.OkAsync("wait", "pod/other", "--for=condition=Ready", "--timeout=110s");
        await cluster.OkAsync("delete", "pod/other", "pvc/alone", "--now");
    }

    [Fact]
    public async Task StaticVolumeOfANode_RetainedAndBoundAtOnce()
    {
        cluster.Required();
        var directory = Directory.CreateDirectory(Path.Combine(cluster.Naru!.Root, "disk")).FullName;
        var node = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        await cluster.ApplyAsync($$"""
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: atonce}
            provisioner: naru.dev/local
            reclaimPolicy: Retain
            ---
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: fixed}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              storageClassName: fixed
              persistentVolumeReclaimPolicy: Retain
              local: {path: {{directory}} }
              nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [{{node}}]}]}]} }
            ---

            """ + ClaimTests.Claim("wants", "storageClassName: fixed") + ClaimTests.Pod("fixture", "wants", "echo x > /data/file; exec sleep 1000") + ClaimTests.Claim("now", "storageClassName: atonce"));
        await cluster.OkAsync("wait", "pod/fixture", "--for=condition=Ready", "--timeout=60s");
        await cluster.BecomesAsync("Bound", "get", "pvc", "now", "-o", "jsonpath={.status.phase}");
        await cluster.BecomesAsync("x", "exec", "fixture", "--", "cat", "/data/file");

        await cluster.OkAsync("delete", "pod/fixture", "pvc/wants", "pvc/now", "--now");
        await cluster.BecomesAsync("Released", "get", "pv", "fixed", "-o", "jsonpath={.status.phase}");
        Assert.True(File.Exists(Path.Combine(directory, "file")));
        await cluster.BecomesAsync("Released", "get", "pv", "-o", "jsonpath={.items[?(@.spec.storageClassName==\"atonce\")].status.phase}");
        await cluster.OkAsync("delete", "pv", "--all", "--now");
    }

    [Fact]
    public async Task BlockClaim_PodHasADeviceThatGrowsAndKeepsItsBytes()
    {
        cluster.Required();
        Assert.SkipWhen(!File.Exists("/dev/loop-control"), "this kernel has no loop devices");
        await cluster.ApplyAsync(ClaimTests.Claim("raw", "volumeMode: Block") + Raw("maker"));
        await cluster.OkAsync("wait", "pod/maker", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal("1048576", await cluster.OkAsync("exec", "maker", "--", "sh", "-c", "echo bytes | dd of=/dev/xvda conv=notrunc 2>/dev/null; sync; blockdev --getsize64 /dev/xvda"));
        await cluster.OkAsync("patch", "pvc", "raw", "-p", """{"spec":{"resources":{"requests":{"storage":"2Mi"} } } }""");
        await cluster.BecomesAsync("2097152", "exec", "maker", "--", "blockdev", "--getsize64", "/dev/xvda");
        await cluster.OkAsync("delete", "pod", "maker", "--now");
        await Eventually.BecomesAsync(
            async () => !(await Command.RunAsync("sh", ["-c", "cat /sys/block/loop*/loop/backing_file 2>/dev/null; true"])).Output.Contains(cluster.Naru!.DataDirectory, StringComparison.Ordinal), "the device is given back");

        await cluster.ApplyAsync(Raw("taker"));
        await cluster.OkAsync("wait", "pod/taker", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal("bytes", await cluster.OkAsync("exec", "taker", "--", "head", "-c", "5", "/dev/xvda"));
        await cluster.OkAsync("delete", "pod/taker", "pvc/raw", "--now");

        static string Raw(string name) => ClaimTests.Pod(name, "raw", "exec sleep 1000").Replace("volumeMounts: [{name: data, mountPath: /data}]", "volumeDevices: [{name: data, devicePath: /dev/xvda}]", StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImageAndPropagation_MountsOfAllWays()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: ways}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: giver
                image: "IMAGE"
                command: [sh, -c, "mkdir -p /shared/inner && mount -t tmpfs none /shared/inner && echo deep > /shared/inner/file && exec sleep 1000"]
                securityContext: {privileged: true}
                volumeMounts: [{name: shared, mountPath: /shared, mountPropagation: Bidirectional}]
              - name: taker
                image: "IMAGE"
                command: [sleep, "1000"]
                volumeMounts: [{name: shared, mountPath: /shared, mountPropagation: HostToContainer}, {name: image, mountPath: /image}]
              volumes: [{name: shared, emptyDir: {} }, {name: image, image: {reference: "IMAGE", pullPolicy: IfNotPresent} }]
            """);
        await cluster.OkAsync("wait", "pod/ways", "--for=condition=Ready", "--timeout=60s");

        await cluster.BecomesAsync("deep", "exec", "ways", "-c", "taker", "--", "cat", "/shared/inner/file");
        Assert.Equal("yes ro", await cluster.OkAsync("exec", "ways", "-c", "taker", "--", "sh", "-c", "test -e /image/bin/sh && echo yes $(touch /image/x 2>/dev/null && echo rw || echo ro)"));
        await cluster.OkAsync("delete", "pod", "ways", "--now");
        await NothingMountedAsync();
    }

    [Fact]
    public async Task Pod_HasEnded_ItsVolumesAreTakenAndItsLogsStay()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: done}
            spec:
              restartPolicy: Never
              containers: [{name: app, image: "IMAGE", command: [sh, -c, "echo said; echo last > /dev/termination-log"], volumeMounts: [{name: fast, mountPath: /fast}]}]
              volumes: [{name: fast, emptyDir: {medium: Memory} }]
            """);
        await cluster.BecomesAsync("Succeeded", "get", "pod", "done", "-o", "jsonpath={.status.phase}");
        await NothingMountedAsync();

        Assert.Equal("said", await cluster.OkAsync("logs", "done"));
        Assert.Equal("last", await cluster.OkAsync("get", "pod", "done", "-o", "jsonpath={.status.containerStatuses[0].state.terminated.message}"));
        await cluster.OkAsync("delete", "pod", "done", "--now");
    }

    [Fact]
    public async Task Naru_KilledAndMountsOfANobodyAreLeft_NextRunTakesThem()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: survivor}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: "IMAGE", command: [sh, -c, "echo x > /fast/file; exec sleep 1000"], volumeMounts: [{name: fast, mountPath: /fast}, {name: fast, mountPath: /part, subPath: a}]}]
              volumes: [{name: fast, emptyDir: {medium: Memory} }]
            """);
        await cluster.OkAsync("wait", "pod/survivor", "--for=condition=Ready", "--timeout=60s");
        await cluster.Naru!.KillAsync();
        var left = Path.Combine(Pods, "00000000-0000-4000-8000-000000000001");
        Directory.CreateDirectory(Path.Combine(left, "volumes/fast"));
        Assert.Equal(0, (await Command.RunAsync("mount", ["-t", "tmpfs", "none", Path.Combine(left, "volumes/fast")])).ExitCode);
        await cluster.Naru.StartAgainAsync();

        await Eventually.BecomesAsync(() => !Directory.Exists(left), "what nobody owns is gone");
        await cluster.BecomesAsync("x", "exec", "survivor", "--", "cat", "/fast/file");
        await cluster.OkAsync("delete", "pod", "survivor", "--now");
        await NothingMountedAsync();
        Assert.Empty(Directory.EnumerateDirectories(Pods));
    }

    private Task NothingMountedAsync() => Eventually.BecomesAsync(
        async () => !(await File.ReadAllTextAsync("/proc/self/mountinfo")).Contains(Pods, StringComparison.Ordinal), "nothing of pods' volumes is mounted");
}
