using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>The life of pods as kubectl's users see it: order of start and end, hooks, back-off, deadlines, statuses and events.</summary>
[Collection(nameof(PodGroup))]
public sealed class PodLifeTests(PodCluster cluster)
{
    [Fact]
    public async Task Containers_OfAllKinds_StartAndEndInOrder()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: order}
            spec:
              terminationGracePeriodSeconds: 20
              volumes: [{name: out, hostPath: {path: OUT, type: DirectoryOrCreate}}]
              initContainers:
              - {name: first, image: IMAGE, command: [sh, -c, "echo first >> /out/log"], volumeMounts: [{name: out, mountPath: /out}]}
              - name: side
                image: IMAGE
                restartPolicy: Always
                command: [sh, -c, "trap 'echo side ends >> /out/log; exit 0' TERM; echo side >> /out/log; while true; do sleep 0.1; done"]
                startupProbe: {exec: {command: [grep, side, /out/log]}, periodSeconds: 1, timeoutSeconds: 20}
                volumeMounts: [{name: out, mountPath: /out}]
              - {name: second, image: IMAGE, command: [sh, -c, "echo second >> /out/log"], volumeMounts: [{name: out, mountPath: /out}]}
              containers:
              - name: main
                image: IMAGE
                command: [sh, -c, "trap 'echo main ends >> /out/log; exit 0' TERM; echo main >> /out/log; while true; do sleep 0.1; done"]
                lifecycle: {postStart: {exec: {command: [sh, -c, "echo hook >> /out/log"]}}, preStop: {exec: {command: [sh, -c, "echo pre-stop >> /out/log"]}}}
                volumeMounts: [{name: out, mountPath: /out}]
            """.Replace("OUT", Path.Combine(cluster.Naru!.Root, "order"), StringComparison.Ordinal));
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/order", "--timeout=60s");
        Assert.Equal("2/2", (await cluster.OkAsync("get", "pod", "order", "--no-headers")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

        await cluster.OkAsync("delete", "pod", "order");

        var lines = (await File.ReadAllLinesAsync(Path.Combine(cluster.Naru.Root, "order", "log"), TestContext.Current.CancellationToken)).ToList();
        Assert.Equal(["first", "side", "second"], lines[..3]);
        Assert.Equal(["hook", "main"], lines[3..5].Order(StringComparer.Ordinal));
        Assert.Equal(["pre-stop", "main ends", "side ends"], lines[5..]);
    }

    [Fact]
    public async Task Statuses_OfWhatGoesWrong_AreThoseThatUsersKnow()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: crash}
            spec: {containers: [{name: c, image: IMAGE, command: [sh, -c, "echo dying; exit 3"], terminationMessagePolicy: FallbackToLogsOnError}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: oom}
            spec: {restartPolicy: Never, containers: [{name: c, image: IMAGE, command: [sh, -c, "a=x; while true; do a=$a$a; done"], resources: {limits: {memory: 20Mi}}}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: never}
            spec: {containers: [{name: c, image: "localhost:1/none:1", imagePullPolicy: Never}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: badname}
            spec: {containers: [{name: c, image: "BAD//x"}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: badcommand}
            spec: {restartPolicy: Never, containers: [{name: c, image: IMAGE, command: [/nope]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: deadline}
            spec: {activeDeadlineSeconds: 2, terminationGracePeriodSeconds: 1, containers: [{name: c, image: IMAGE, command: [sleep, "1000"]}]}
            """);

        await StateAsync("crash", ".waiting.reason", "CrashLoopBackOff");
        Assert.Equal("3 dying", await cluster.OkAsync("get", "pod", "crash", "-o", "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode} {.status.containerStatuses[0].lastState.terminated.message}"));
        await StateAsync("oom", ".terminated.reason", "OOMKilled");
        await StateAsync("never", ".waiting.reason", "ErrImageNeverPull");
        await StateAsync("badname", ".waiting.reason", "InvalidImageName");
        await StateAsync("badcommand", ".terminated.reason", "StartError");
        await cluster.BecomesAsync("DeadlineExceeded Failed", "get", "pod", "deadline", "-o", "jsonpath={.status.reason} {.status.phase}");
        Assert.Contains("dying", await cluster.OkAsync("logs", "crash", "--previous"), StringComparison.Ordinal);
        await ToldAsync(
            "crash BackOff: Back-off restarting failed container c in pod crash_default(",
            "never ErrImageNeverPull: Container image \"localhost:1/none:1\" is not present with pull policy of Never",
            "badname InspectFailed: Failed to apply default image tag",
            "crash Started: Container started");
        await cluster.OkAsync("delete", "pods", "--all", "--now");
    }

    [Fact]
    public async Task Pods_BoundByHandThatDoNotFit_AreRefusedByTheNode()
    {
        cluster.Required();
        var node = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: toobig}
            spec: {nodeName: NODE, containers: [{name: c, image: IMAGE, resources: {requests: {cpu: "5000"}}}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: elsewhere}
            spec: {nodeName: NODE, nodeSelector: {no: such}, containers: [{name: c, image: IMAGE}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: unsafe}
            spec: {securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}, containers: [{name: c, image: IMAGE}]}
            """.Replace("NODE", node, StringComparison.Ordinal));

        await cluster.BecomesAsync("OutOfcpu Failed", "get", "pod", "toobig", "-o", "jsonpath={.status.reason} {.status.phase}");
        await cluster.BecomesAsync("NodeAffinity Failed", "get", "pod", "elsewhere", "-o", "jsonpath={.status.reason} {.status.phase}");
        await cluster.BecomesAsync("Pod was rejected: forbidden sysctl: \"kernel.msgmax\" not allowlisted", "get", "pod", "unsafe", "-o", "jsonpath={.status.message}");
        await cluster.OkAsync("delete", "pods", "--all", "--now");
    }

    [Fact]
    public async Task Container_RemovedByDocker_IsHealedAndItsSandboxToo()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: healed}
            spec: {terminationGracePeriodSeconds: 1, containers: [{name: healed, image: IMAGE, command: [sleep, "1000"]}]}
            """);
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/healed", "--timeout=60s");
        var first = await cluster.DockerAsync("ps", "-q", "--filter", "label=io.kubernetes.pod.name=healed", "--filter", "label=io.kubernetes.container.name=healed");

        await cluster.DockerAsync("rm", "-f", first);
        await BecomesOtherAsync(first, "healed");
        var sandbox = await cluster.DockerAsync("ps", "-q", "--filter", "label=io.kubernetes.pod.name=healed", "--filter", "label=io.kubernetes.container.name=POD");
        await cluster.DockerAsync("rm", "-f", sandbox);
        await BecomesOtherAsync(sandbox, "POD");

        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/healed", "--timeout=60s");
        await cluster.OkAsync("delete", "pod", "healed", "--now");
    }

    [Fact]
    public async Task StaticPod_ItsFile_DecidesNotItsMirror()
    {
        cluster.Required();
        var node = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        var file = Path.Combine(cluster.Naru!.DataDirectory, "agent", "manifests", "fixed.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(
            file,
            "apiVersion: v1\nkind: Pod\nmetadata: {name: fixed}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: \"IMAGE\", command: [sh, -c, \"echo from a file; sleep 1000\"]}]}\n".Replace("IMAGE", PodCluster.Image, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        await cluster.BecomesAsync("Running", "get", "pod", $"fixed-{node}", "-o", "jsonpath={.status.phase}");
        await cluster.BecomesAsync("from a file", "logs", $"fixed-{node}");
        var container = await cluster.DockerAsync("ps", "-q", "--filter", $"label=io.kubernetes.pod.name=fixed-{node}", "--filter", "label=io.kubernetes.container.name=c");
        await cluster.OkAsync("delete", "pod", $"fixed-{node}", "--force", "--grace-period=0");
        await cluster.BecomesAsync("Running", "get", "pod", $"fixed-{node}", "-o", "jsonpath={.status.phase}");
        Assert.Equal(container, await cluster.DockerAsync("ps", "-q", "--filter", $"label=io.kubernetes.pod.name=fixed-{node}", "--filter", "label=io.kubernetes.container.name=c"));

        File.Delete(file);
        await cluster.BecomesAsync("", "get", "pods", "-o", "name", "--field-selector", $"metadata.name=fixed-{node}");
        await Eventually.BecomesAsync(
            async () => (await cluster.DockerAsync("ps", "-q", "--filter", $"label=io.kubernetes.pod.name=fixed-{node}")).Length == 0, "its containers ended", TimeSpan.FromSeconds(60));
    }

    private Task StateAsync(string pod, string path, string wanted) => cluster.BecomesAsync(wanted, "get", "pod", pod, "-o", $"jsonpath={{.status.containerStatuses[0].state{path}}}");

    // Events are written after what they tell of.
    private Task ToldAsync(params string[] wanted) => Eventually.SaysAsync(
        async () =>
        {
            var events = await cluster.OkAsync("get", "events", "-o", "jsonpath={range .items[*]}{.involvedObject.name} {.reason}: {.message}{\"\\n\"}{end}");
            return string.Join('\n', wanted.Where(one => !events.Contains(one, StringComparison.Ordinal)));
        },
        "",
        "the list of what no event tells");

    private Task BecomesOtherAsync(string before, string container) => Eventually.BecomesAsync(
        async () => await cluster.DockerAsync("ps", "-q", "--filter", "label=io.kubernetes.pod.name=healed", "--filter", $"label=io.kubernetes.container.name={container}") is { Length: > 0 } now && now != before,
        $"another {container} runs", TimeSpan.FromSeconds(60));
}
