using System.Diagnostics;
using Naru.EndToEnd.Tests.Pods;

namespace Naru.EndToEnd.Tests.Volumes;

/// <summary>Volumes that need nobody but the node: real pods, real mounts.</summary>
public sealed class PodVolumeTests(PodCluster cluster) : IClassFixture<PodCluster>
{
    [Fact]
    public async Task ConfigMap_Changes_PodSeesItInSeconds()
    {
        cluster.Required();
        await cluster.OkAsync("create", "configmap", "colours", "--from-literal=colour=red", "--from-literal=shape=round");
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: watcher, annotations: {mood: calm} }
            spec:
              containers:
              - {name: app, image: "IMAGE", command: [sleep, "1000"], volumeMounts: [{name: all, mountPath: /all}, {name: part, mountPath: /part/only, subPath: renamed} ] }
              volumes:
              - name: all
                projected:
                  defaultMode: 0440
                  sources:
                  - {configMap: {name: colours} }
                  - {secret: {name: absent, optional: true} }
                  - {downwardAPI: {items: [{path: mood, fieldRef: {fieldPath: "metadata.annotations['mood']"} }]} }
                  - {serviceAccountToken: {path: token, expirationSeconds: 600} }
              - {name: part, configMap: {name: colours, items: [{key: shape, path: renamed, mode: 0400}]} }
            """);
        await cluster.OkAsync("wait", "pod/watcher", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal("red calm round 440", await cluster.OkAsync("exec", "watcher", "--", "sh", "-c", "echo $(cat /all/colour) $(cat /all/mood) $(cat /part/only) $(stat -Lc %a /all/colour)"));

        var clock = Stopwatch.StartNew();
        await cluster.OkAsync("patch", "configmap", "colours", "-p", """{"data":{"colour":"blue","new":"yes"} }""");
        await cluster.OkAsync("annotate", "pod", "watcher", "mood=wild", "--overwrite");
        await cluster.BecomesAsync("blue yes wild", "exec", "watcher", "--", "sh", "-c", "echo $(cat /all/colour) $(cat /all/new) $(cat /all/mood)");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"it took {clock.Elapsed}");
        await cluster.OkAsync("delete", "pod/watcher", "configmap/colours", "--now");
    }

    [Fact]
    public async Task EmptyDirInMemory_ContainerStartsAgain_KeepsItsFilesAndItsSize()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: memory}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: app
                image: "IMAGE"
                command: [sh, -c, "test -e /fast/kept || { echo once > /fast/kept; exit 1; }; exec sleep 1000"]
                volumeMounts: [{name: fast, mountPath: /fast}, {name: fast, mountPath: /sub, subPathExpr: "$(NAME)/deep"}]
                env: [{name: NAME, value: inner}]
              volumes: [{name: fast, emptyDir: {medium: Memory, sizeLimit: 2Mi} }]
            """);
        await cluster.BecomesAsync("1 true", "get", "pod", "memory", "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}");

        Assert.Equal("once tmpfs 2048 777", await cluster.OkAsync("exec", "memory", "--", "sh", "-c", "echo $(cat /fast/kept) $(df -kT /fast | awk 'NR==2{print $2,$3}') $(stat -c %a /fast)"));
        Assert.Equal("inner", await cluster.OkAsync("exec", "memory", "--", "sh", "-c", "touch /sub/file; ls /fast | grep inner; test -e /fast/inner/deep/file"));
        await cluster.OkAsync("delete", "pod", "memory", "--now");
        await NoMountsAsync();
    }

    [Fact]
    public async Task SubPath_LinkLeadsOut_IsRefused()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: escape}
            spec:
              restartPolicy: Never
              initContainers: [{name: trap, image: "IMAGE", command: [ln, -s, /etc, /ours/way], volumeMounts: [{name: work, mountPath: /ours}]}]
              containers: [{name: app, image: "IMAGE", command: [sleep, "1000"], volumeMounts: [{name: work, mountPath: /here, subPath: way}]}]
              volumes: [{name: work, emptyDir: {} }]
            """);

        await cluster.BecomesAsync("CreateContainerConfigError", "get", "pod", "escape", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
        Assert.StartsWith("failed to prepare subPath for volumeMount \"work\" of container \"app\"", await cluster.OkAsync("get", "pod", "escape", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.message}"), StringComparison.Ordinal);
        await cluster.OkAsync("delete", "pod", "escape", "--now");
    }

    [Fact]
    public async Task Secret_ComesLate_PodWaitsAndThenStartsAtOnce()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: waiting}
            spec:
              containers: [{name: app, image: "IMAGE", command: [sleep, "1000"], volumeMounts: [{name: key, mountPath: /key}]}]
              volumes: [{name: key, secret: {secretName: late} }]
            """);
        await cluster.BecomesAsync("ContainerCreating", "get", "pod", "waiting", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}");
        await cluster.BecomesAsync("MountVolume.SetUp failed for volume \"key\" : secret \"late\" not found", "get", "events", "--field-selector=involvedObject.name=waiting,reason=FailedMount", "-o", "jsonpath={.items[0].message}");

        var clock = Stopwatch.StartNew();
        await cluster.OkAsync("create", "secret", "generic", "late", "--from-literal=k=v");
        await cluster.OkAsync("wait", "pod/waiting", "--for=condition=Ready", "--timeout=60s");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"it took {clock.Elapsed}");
        await cluster.OkAsync("delete", "pod/waiting", "secret/late", "--now");
    }

    [Fact]
    public async Task HostPath_TypesAndKindsThatDoNotFit_SayWhy()
    {
        cluster.Required();
        var directory = Directory.CreateDirectory(Path.Combine(cluster.Naru!.Root, "host")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), "there");
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: host}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: "IMAGE", command: [sh, -c, "cat /f; echo x > /d/made; exec sleep 1000"], volumeMounts: [{name: f, mountPath: /f, readOnly: true}, {name: d, mountPath: /d}, {name: t, mountPath: /t}]}]
              volumes:
              - {name: f, hostPath: {path: HOST/file, type: File} }
              - {name: d, hostPath: {path: HOST/new/deep, type: DirectoryOrCreate} }
              - {name: t, hostPath: {path: HOST/touched, type: FileOrCreate} }
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: wrong}
            spec:
              containers: [{name: app, image: "IMAGE", volumeMounts: [{name: f, mountPath: /f}]}]
              volumes: [{name: f, hostPath: {path: HOST/file, type: Directory} }, {name: s, nfs: {server: "1.2.3.4", path: /x} }]
            """.Replace("HOST", directory, StringComparison.Ordinal));
        await cluster.BecomesAsync("there", "logs", "host");
        await Naru.Testing.Running.Eventually.BecomesAsync(() => File.Exists(Path.Combine(directory, "new/deep/made")), "the file is made");
        Assert.True(File.Exists(Path.Combine(directory, "touched")));

        string[] told = ["nfs", $"MountVolume.SetUp failed for volume \"f\" : hostPath type check failed: {directory}/file is not a directory"];
        await Naru.Testing.Running.Eventually.SaysAsync(
            async () =>
            {
                var events = await cluster.OkAsync("get", "events", "--field-selector=involvedObject.name=wrong,reason=FailedMount", "-o", "jsonpath={.items[*].message}");
                return string.Join('\n', told.Where(one => !events.Contains(one, StringComparison.Ordinal)));
            },
            "",
            "the list of what no event tells");
        await cluster.OkAsync("delete", "pod", "host", "wrong", "--now");
        Assert.True(File.Exists(Path.Combine(directory, "file")));
    }

    /// <summary>Nothing of a pod's is mounted any more.</summary>
    private Task NoMountsAsync() => Naru.Testing.Running.Eventually.BecomesAsync(
        async () => !(await File.ReadAllTextAsync("/proc/self/mountinfo")).Contains(Path.Combine(cluster.Naru!.DataDirectory, "agent/pods"), StringComparison.Ordinal), "nothing is mounted");
}
