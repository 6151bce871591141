namespace Naru.EndToEnd.Tests.Pods;

/// <summary>A machine that goes down: its pods end in order and are made again when it is back.</summary>
[Collection(nameof(PodGroup))]
public sealed class ShutdownTests(PodCluster cluster)
{
    [Fact]
    public async Task Shutdown_EndsPodsInOrder_NodeComesBackWithNaru()
    {
        cluster.Required();
        await cluster.OkAsync("delete", "pods", "--all", "--now");
        await cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: lasting}
            spec:
              selector: {matchLabels: {app: lasting}}
              template:
                metadata: {labels: {app: lasting}}
                spec:
                  volumes: [{name: out, hostPath: {path: OUT, type: DirectoryOrCreate}}]
                  containers:
                  - name: c
                    image: IMAGE
                    command: [sh, -c, "trap 'echo ordinary >> /out/ends; exit 0' TERM; while true; do sleep 0.1; done"]
                    volumeMounts: [{name: out, mountPath: /out}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: critical, namespace: kube-system}
            spec:
              priorityClassName: system-node-critical
              terminationGracePeriodSeconds: 3600
              volumes: [{name: out, hostPath: {path: OUT, type: DirectoryOrCreate}}]
              containers:
              - name: c
                image: IMAGE
                command: [sh, -c, "trap 'sleep 1; echo critical >> /out/ends' TERM; while true; do sleep 0.1; done"]
                volumeMounts: [{name: out, mountPath: /out}]
            """.Replace("OUT", Path.Combine(cluster.Naru!.Root, "shutdown"), StringComparison.Ordinal));
        await cluster.OkAsync("rollout", "status", "deployment/lasting", "--timeout=60s");
        await cluster.OkAsync("wait", "-n", "kube-system", "pod/critical", "--for=condition=Ready", "--timeout=60s");

        var ended = await cluster.Naru.CommandAsync("shutdown", "--grace", "40s", "--grace-critical", "8s", "--run-dir", cluster.Naru.RunDirectory);

        Assert.True(ended.ExitCode == 0 && ended.Output.StartsWith("2 pods ended", StringComparison.Ordinal), ended.ToString());
        Assert.Equal(["ordinary", "critical"], await File.ReadAllLinesAsync(Path.Combine(cluster.Naru.Root, "shutdown", "ends"), TestContext.Current.CancellationToken));
        Assert.Equal("Failed Terminated", await cluster.OkAsync("get", "-n", "kube-system", "pod", "critical", "-o", "jsonpath={.status.phase} {.status.reason}"));
        Assert.Equal("False node is shutting down", await cluster.OkAsync("get", "nodes", "-o", "jsonpath={range .items[0].status.conditions[?(@.type==\"Ready\")]}{.status} {.message}{end}"));

        await cluster.Naru.StopAsync();
        await cluster.Naru.StartAgainAsync();
        await cluster.OkAsync("rollout", "status", "deployment/lasting", "--timeout=60s");
        await cluster.OkAsync("delete", "deployment/lasting");
        await cluster.OkAsync("delete", "-n", "kube-system", "pod/critical");
    }

    [Fact]
    public async Task Shutdown_TimesThatCannotBe_AreRefused()
    {
        cluster.Required();
        var result = await cluster.Naru!.CommandAsync("shutdown", "--grace", "5s", "--grace-critical", "10s", "--run-dir", cluster.Naru.RunDirectory);
        Assert.Equal((2, "naru: --grace-critical: it is part of --grace and cannot be longer\n"), (result.ExitCode, result.Error));
        Assert.Equal("True", await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status}"));
    }
}
