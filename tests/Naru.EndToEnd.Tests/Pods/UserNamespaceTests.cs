using System.Globalization;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>Pods whose users are none of the host's (<c>hostUsers: false</c>).</summary>
[Collection(nameof(PodGroup))]
public sealed class UserNamespaceTests(PodCluster cluster)
{
    private const string Settings = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: SETTINGS}
        data: {colour: red}
        ---
        """;

    [Fact]
    public async Task Root_IsNobodyOnTheHost()
    {
        cluster.Required();
        await cluster.ApplyAsync(Plain("inner") + "\n---\n" + Plain("other"));
        await cluster.OkAsync("wait", "pod/inner", "pod/other", "--for=condition=Ready", "--timeout=60s");

        Assert.Equal("0", await cluster.OkAsync("exec", "inner", "--", "id", "-u"));
        var (one, two) = (await RangeAsync("inner"), await RangeAsync("other"));
        Assert.True(one >= 65536 && two >= 65536 && Math.Abs(one - two) >= 65536, $"{one} and {two}");
        Assert.Equal(one, await OwnerAsync("k8s_main_inner"));
        Assert.Equal(one, await OwnerAsync("k8s_POD_inner"));

        // What root may do inside is nothing to the host.
        Assert.Equal("", await cluster.OkAsync("exec", "inner", "--", "hostname", "mine"));
        Assert.NotEqual("mine", Environment.MachineName);
        var refused = await cluster.TryAsync(null, "exec", "inner", "--", "sh", "-c", "echo 1 > /proc/sys/kernel/panic");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal("tmpfs", await cluster.OkAsync("exec", "inner", "--", "sh", "-c", "mkdir /t && mount -t tmpfs x /t && stat -f -c %T /t"));
        await cluster.OkAsync("delete", "pod", "inner", "other", "--now");
    }

    [Fact]
    public async Task Volumes_OfAllKinds_BelongToWhoIsInside()
    {
        cluster.Required();
        var outside = Directory.CreateDirectory(Path.Combine(cluster.Naru!.Root, "outside")).FullName;
        await cluster.ApplyAsync(Settings.Replace("SETTINGS", "inner-settings", StringComparison.Ordinal) + """

            apiVersion: v1
            kind: Pod
            metadata: {name: volumes}
            spec:
              hostUsers: false
              restartPolicy: Never
              securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000}
              volumes:
              - {name: empty, emptyDir: {}}
              - {name: memory, emptyDir: {medium: Memory}}
              - {name: settings, configMap: {name: inner-settings, defaultMode: 0440}}
              - {name: host, hostPath: {path: OUTSIDE}}
              - {name: image, image: {reference: IMAGE}}
              initContainers:
              - name: root
                image: IMAGE
                securityContext: {runAsUser: 0}
                command: [sh, -c, "echo init > /empty/init; echo host > /host/root; chown 1000:1000 /host; stat -c %u:%g /bin /etc/shadow /image/etc/shadow"]
                volumeMounts: [{name: empty, mountPath: /empty}, {name: host, mountPath: /host}, {name: image, mountPath: /image}]
              containers:
              - name: main
                image: IMAGE
                workingDir: /new/place
                command: [sh, -c, "cat /empty/init /settings/colour; for place in /empty /memory /host /sub /tmp; do touch $place/mine && stat -c %u:%g $place/mine; done; stat -c %u /settings/..data/colour /new/place; echo out > /dev/stdout; echo last > /dev/termination-log"]
                volumeMounts: [{name: empty, mountPath: /empty}, {name: memory, mountPath: /memory}, {name: settings, mountPath: /settings}, {name: host, mountPath: /host}, {name: empty, mountPath: /sub, subPath: below}]
            """.Replace("OUTSIDE", outside, StringComparison.Ordinal));
        await cluster.BecomesAsync("Succeeded", "get", "pod", "volumes", "-o", "jsonpath={.status.phase}");

        Assert.Equal("0:0\n0:0\n0:0", await cluster.OkAsync("logs", "volumes", "-c", "root"));
        Assert.Equal("init\nred1000:2000\n1000:2000\n1000:3000\n1000:2000\n1000:3000\n0\n0\nout", await cluster.OkAsync("logs", "volumes"));
        Assert.Equal("last", await cluster.OkAsync("get", "pod", "volumes", "-o", "jsonpath={.status.containerStatuses[0].state.terminated.message}"));
        Assert.Equal("0:3000 1000:3000 1000:1000", string.Join(' ', new[] { "root", "mine", "" }.Select(name => Command.Run("stat", ["-c", "%u:%g", Path.Combine(outside, name)]).Line)));
        await cluster.OkAsync("delete", "pod/volumes", "configmap/inner-settings", "--now");
    }

    [Fact]
    public async Task Pod_ServesIsProbedAndSeenByTheEngine()
    {
        cluster.Required();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: serving, labels: {app: serving}}
            spec:
              hostUsers: false
              terminationGracePeriodSeconds: 1
              securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: "20000 30000"}]}
              containers:
              - name: main
                image: IMAGE
                command: [sh, -c, "mkdir /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www"]
                securityContext: {procMount: Unmasked}
                resources: {limits: {cpu: 500m, memory: 64Mi}}
                readinessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1, timeoutSeconds: 20}
                livenessProbe: {exec: {command: [test, -e, /www/index.html]}, periodSeconds: 1, timeoutSeconds: 20}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: serving-names}
            spec: {selector: {app: serving}, ports: [{port: 8080, targetPort: 80}]}
            """);
        await cluster.OkAsync("wait", "pod/serving", "--for=condition=Ready", "--timeout=60s");

        // That the pod is ready reaches its service a moment later.
        await cluster.BecomesAsync("hello", "exec", "serving", "--", "wget", "-qO-", "http://serving-names:8080/");
        Assert.Equal("20000\t30000", await cluster.OkAsync("exec", "serving", "--", "cat", "/proc/sys/net/ipv4/ip_local_port_range"));
        Assert.Equal("1", await cluster.OkAsync("exec", "serving", "--", "grep", "-c", " /proc", "/proc/mounts"));
        var file = Path.Combine(cluster.Naru!.Root, "to-copy");
        await File.WriteAllTextAsync(file, "copied");
        await cluster.OkAsync("cp", file, "serving:/www/cp");
        Assert.Equal("copied", await cluster.OkAsync("exec", "serving", "--", "cat", "/www/cp"));

        var name = await cluster.DockerAsync("ps", "--filter", "name=k8s_main_serving", "--format", "{{.Names}}");
        await cluster.DockerAsync("cp", file, $"{name}:/www/docker");
        Assert.Equal("0", await cluster.OkAsync("exec", "serving", "--", "stat", "-c", "%u", "/www/docker"));
        await cluster.DockerAsync("cp", $"{name}:/www/cp", file + "-back");
        Assert.Equal("copied", await File.ReadAllTextAsync(file + "-back"));
        Assert.Contains("A /www/cp", await cluster.DockerAsync("diff", name), StringComparison.Ordinal);
        await cluster.DockerAsync("commit", name, "committed:1");
        Assert.Equal("0", await cluster.DockerAsync("run", "--rm", "--entrypoint", "stat", "committed:1", "-c", "%u", "/www/docker"));
        await cluster.DockerAsync("rmi", "committed:1");
        await cluster.OkAsync("delete", "pod/serving", "service/serving-names", "--now");
    }

    [Fact]
    public async Task Naru_KilledAndContainersRestarted_KeepTheirUsers()
    {
        cluster.Required();
        await cluster.ApplyAsync(Plain("keeping"));
        await cluster.OkAsync("wait", "pod/keeping", "--for=condition=Ready", "--timeout=60s");
        var range = await RangeAsync("keeping");
        await cluster.OkAsync("exec", "keeping", "--", "touch", "/data/kept");
        await cluster.Naru!.KillAsync();
        await cluster.Naru.StartAgainAsync();

        await cluster.OkAsync("wait", "pod/keeping", "--for=condition=Ready", "--timeout=60s");
        await cluster.BecomesAsync("0", "exec", "keeping", "--", "id", "-u");
        Assert.Equal(range, await RangeAsync("keeping"));
        Assert.Equal("0", await cluster.OkAsync("get", "pod", "keeping", "-o", "jsonpath={.status.containerStatuses[0].restartCount}"));

        await cluster.DockerAsync("kill", await cluster.DockerAsync("ps", "-q", "--filter", "name=k8s_main_keeping"));
        await cluster.BecomesAsync("1 true", "get", "pod", "keeping", "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}");
        Assert.Equal(range, await RangeAsync("keeping"));

        // All of it ends, as in a reboot: a new sandbox has the same users, and what was written is theirs.
        await cluster.DockerAsync("kill", await cluster.DockerAsync("ps", "-q", "--filter", "name=k8s_POD_keeping"));
        await cluster.BecomesAsync("2 true", "get", "pod", "keeping", "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}");
        Assert.Equal(range, await RangeAsync("keeping"));
        Assert.Equal("0:0", await cluster.OkAsync("exec", "keeping", "--", "stat", "-c", "%u:%g", "/data/kept"));
        await cluster.OkAsync("delete", "pod", "keeping", "--now");
    }

    [Fact]
    public async Task Naru_KilledWhilePodsAreMade_LeavesNothingInTheEnd()
    {
        cluster.Required();
        await cluster.OkAsync("delete", "pods", "--all", "--now");
        await Eventually.BecomesAsync(async () => await cluster.DockerAsync("ps", "-aq") == "", "the pods of other tests are gone");
        var before = Ledger();
        var names = Enumerable.Range(0, 4).Select(static number => $"made{number}").ToArray();
        await cluster.ApplyAsync(string.Join("\n---\n", names.Select(Plain)));
        await Eventually.BecomesAsync(async () => await cluster.DockerAsync("ps", "-aq") != "", "something is being made");
        await cluster.Naru!.KillAsync();
        await cluster.Naru.StartAgainAsync();
        await cluster.OkAsync(["wait", .. names.Select(static name => $"pod/{name}"), "--for=condition=Ready", "--timeout=60s"]);
        var ranges = await Task.WhenAll(names.Select(RangeAsync));
        Assert.Equal(names.Length, ranges.Distinct().Count());

        // One that cannot be made, since the kernel shows no other owners of its own files.
        await cluster.ApplyAsync("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"refused"},"spec":{"hostUsers":false,"volumes":[{"name":"proc","hostPath":{"path":"/proc"}}],"containers":[{"name":"c","image":"IMAGE","volumeMounts":[{"name":"proc","mountPath":"/host"}]}]} }""");
        await Eventually.BecomesAsync(
            async () => (await cluster.OkAsync("get", "events", "--field-selector=involvedObject.name=refused")).Contains("/proc cannot be shown to users of the container's own: its file system (proc)", StringComparison.Ordinal),
            "it says why");
        await cluster.OkAsync(["delete", "pod", "refused", .. names, "--now"]);
        await Eventually.BecomesAsync(async () => await cluster.DockerAsync("ps", "-aq") == "", "all are gone");
        await Eventually.SaysAsync(() => Task.FromResult(string.Join('\n', before.Leaks(Ledger(), 200))), "", "the ledger");
        await Eventually.BecomesAsync(() => !Directory.EnumerateFileSystemEntries(Path.Combine(cluster.Naru.RunDirectory, "files")).Any(), "no file is left");
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(cluster.Naru.RunDirectory, "netns")), static path => path.EndsWith("-users", StringComparison.Ordinal));
    }

    // Rules lead to the API server too, whose port is another one after each start.
    private HostLedger Ledger() => cluster.Naru!.TakeLedger() with { PacketRules = [] };

    private static string Plain(string name) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}} }
        spec:
          hostUsers: false
          terminationGracePeriodSeconds: 1
          volumes: [{name: data, emptyDir: {} }]
          containers:
          - name: main
            image: IMAGE
            command: [sleep, "1000"]
            securityContext: {capabilities: {add: [SYS_ADMIN]} }
            volumeMounts: [{name: data, mountPath: /data}]
        """;

    // The host's id of root inside; there are 65536 of them.
    private async Task<long> RangeAsync(string pod)
    {
        var words = (await cluster.OkAsync("exec", pod, "--", "cat", "/proc/self/uid_map")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("0", "65536"), (words[0], words[2]));
        return long.Parse(words[1], CultureInfo.InvariantCulture);
    }

    // Whom the container's process belongs to on the host.
    private async Task<long> OwnerAsync(string name)
    {
        var pid = await cluster.DockerAsync("inspect", "-f", "{{.State.Pid}}", await cluster.DockerAsync("ps", "-q", "--filter", $"name={name}_"));
        var line = File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
    }
}
