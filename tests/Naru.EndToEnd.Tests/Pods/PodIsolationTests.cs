using System.Text.Json;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>What pods are kept apart by and limited to, and what is measured of them.</summary>
[Collection(nameof(PodGroup))]
public sealed class PodIsolationTests(PodCluster cluster)
{
    [Fact]
    public async Task SecurityContext_IsWhatTheProcessHas()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: secure}
            spec:
              hostname: box
              subdomain: sub
              setHostnameAsFQDN: true
              hostAliases: [{ip: 10.1.2.3, hostnames: [foo]}]
              securityContext: {runAsUser: 65534, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000], supplementalGroupsPolicy: Strict, sysctls: [{name: net.ipv4.tcp_syncookies, value: "0"}]}
              volumes: [{name: e, emptyDir: {}}]
              containers:
              - name: c
                image: IMAGE
                command: [sh, -c, "id; touch /e/f; stat -c %g /e/f; touch /x; cat /proc/sys/net/ipv4/tcp_syncookies; hostname; grep foo /etc/hosts; grep -E 'CapBnd|NoNew|Seccomp:' /proc/self/status; sleep 1000"]
                securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}, seccompProfile: {type: RuntimeDefault}}
                volumeMounts: [{name: e, mountPath: /e}]
            """);
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/secure", "--timeout=60s");

        // The pod is ready while its only container still speaks; this is the last that it says.
        await Eventually.BecomesAsync(async () => (await cluster.OkAsync("logs", "secure")).Contains("Seccomp:", StringComparison.Ordinal), "it has said everything");
        var lines = (await cluster.OkAsync("logs", "secure")).Split('\n').Select(static line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))).ToList();

        Assert.Equal("uid=65534(nobody) gid=3000 groups=2000,3000,4000", lines[0]);
        Assert.Equal(["2000", "touch: /x: Read-only file system", "0", "box.sub.default.svc.cluster.local", "10.1.2.3 foo", "CapBnd: 0000000000000400", "NoNewPrivs: 1", "Seccomp: 2"], lines[1..]);
        await cluster.OkAsync("delete", "pod", "secure", "--now");
    }

    [Fact]
    public async Task Resources_AreThePodsControlGroupsAndCanBeResized()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: sized}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: c
                image: IMAGE
                command: [sleep, "1000"]
                resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: "500", memory: 64Mi}}
                env: [{name: DISK, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}]
            """);
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/sized", "--timeout=60s");
        var uid = await cluster.OkAsync("get", "pod", "sized", "-o", "jsonpath={.metadata.uid}");
        Assert.Contains($"/kubepods/burstable/pod{uid}/", await cluster.OkAsync("exec", "sized", "--", "cat", "/proc/self/cgroup"), StringComparison.Ordinal);
        Assert.NotEqual("0", await cluster.OkAsync("exec", "sized", "--", "sh", "-c", "echo $DISK"));
        var container = await cluster.DockerAsync("ps", "-q", "--filter", "label=io.kubernetes.pod.name=sized", "--filter", "label=io.kubernetes.container.name=c");

        await cluster.OkAsync("patch", "pod", "sized", "--subresource", "resize", "-p", """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"200m","memory":"48Mi"},"limits":{"cpu":"1","memory":"96Mi"}}}]}}""");
        await cluster.BecomesAsync("96Mi", "get", "pod", "sized", "-o", "jsonpath={.status.containerStatuses[0].resources.limits.memory}");
        Assert.Equal("100663296 100000 204", await cluster.DockerAsync("inspect", container, "--format", "{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}} {{.HostConfig.CpuShares}}"));
        await cluster.OkAsync("patch", "pod", "sized", "--subresource", "resize", "-p", """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"400"},"limits":{"cpu":"400"}}}]}}""");
        await cluster.BecomesAsync("Infeasible 200m", "get", "pod", "sized", "-o", "jsonpath={.status.conditions[?(@.type==\"PodResizePending\")].reason} {.status.containerStatuses[0].allocatedResources.cpu}");

        await cluster.OkAsync("delete", "pod", "sized", "--now");
        Assert.DoesNotContain(Directory.EnumerateDirectories("/sys/fs/cgroup", $"pod{uid}", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true }), static _ => true);
    }

    [Fact]
    public async Task Forks_WithoutEnd_StayInTheirPod()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: bomb}
            spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: IMAGE, command: [sh, -c, "i=0; while [ $i -lt 10000 ]; do sleep 1000 & i=$((i+1)); done 2>/dev/null; sleep 1000"]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: neighbour}
            spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: IMAGE, command: [sleep, "1000"]}]}
            """);

        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/neighbour", "--timeout=60s");
        Assert.Equal("fine", await cluster.OkAsync("exec", "neighbour", "--", "echo", "fine"));
        await cluster.OkAsync("delete", "pod", "bomb", "neighbour", "--now");
    }

    [Fact]
    public async Task Figures_AreThoseOfTheControlGroups()
    {
        cluster.Required();
        await cluster.OkAsync("run", "busy", $"--image={PodCluster.Image}", "--command", "--", "sh", "-c", "while true; do :; done");
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/busy", "--timeout=60s");
        var node = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");

        await Eventually.BecomesAsync(
            async () => (await cluster.TryAsync(null, "top", "pod", "busy", "--no-headers")).Line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var cpu, ..] && int.Parse(cpu.TrimEnd('m'), System.Globalization.CultureInfo.InvariantCulture) > 20,
            "kubectl top says that it is busy", TimeSpan.FromSeconds(60));
        using var summary = JsonDocument.Parse(await cluster.OkAsync("get", "--raw", $"/api/v1/nodes/{node}/proxy/stats/summary"));
        var pod = summary.RootElement.GetProperty("pods").EnumerateArray().Single(static one => one.GetProperty("podRef").GetProperty("name").GetString() == "busy");
        Assert.True(pod.GetProperty("containers")[0].GetProperty("cpu").GetProperty("usageCoreNanoSeconds").GetInt64() > 0);
        Assert.True(summary.RootElement.GetProperty("node").GetProperty("fs").GetProperty("capacityBytes").GetInt64() > 0);
        Assert.Contains("container_memory_working_set_bytes{container=\"busy\"", await cluster.OkAsync("get", "--raw", $"/api/v1/nodes/{node}/proxy/metrics/cadvisor"), StringComparison.Ordinal);
        Assert.Contains("pod_cpu_usage_seconds_total{namespace=\"default\",pod=\"busy\"}", await cluster.OkAsync("get", "--raw", $"/api/v1/nodes/{node}/proxy/metrics/resource"), StringComparison.Ordinal);
        await cluster.OkAsync("delete", "pod", "busy", "--now");
    }

    [Fact]
    public async Task RuntimeClass_ChoosesTheRuntime()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: other}
            handler: runc
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: classy}
            spec: {runtimeClassName: other, terminationGracePeriodSeconds: 1, containers: [{name: c, image: IMAGE, command: [sleep, "1000"]}]}
            """);
        await cluster.OkAsync("wait", "--for=condition=Ready", "pod/classy", "--timeout=60s");

        Assert.Equal("runc", await cluster.DockerAsync("inspect", await cluster.DockerAsync("ps", "-q", "--filter", "label=io.kubernetes.pod.name=classy", "--filter", "label=io.kubernetes.container.name=c"), "--format", "{{.HostConfig.Runtime}}"));
        await cluster.OkAsync("delete", "pod", "classy", "--now");
    }
}
