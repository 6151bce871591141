using System.Text;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Pods with real containers, on the node that <c>naru up</c> is.</summary>
public sealed class PodTests(Engine engine) : IAsyncLifetime
{
    private readonly string _space = "pods-" + Guid.NewGuid().ToString("n")[..8];
    private string _folder = "";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? "");
        Assert.SkipWhen(engine.Naru is null, "these tests need an engine of naru");
        Clients.Need(Clients.Kubectl);
        _folder = Directory.CreateTempSubdirectory("naru-e2e-pods-").FullName;
        await KubectlAsync("create", "ns", _space);
        await Eventually.BecomesAsync(async () => (await KubectlAsync("get", "serviceaccount", "default")).ExitCode == 0, "the account without which no pod is let in is there");
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder.Length > 0)
        {
            await KubectlAsync("delete", "ns", _space, "--timeout=140s");
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_PrintsAndEnds_LogsAreKept()
    {
        await OkAsync("run", "one", "--image=busybox", "--image-pull-policy=Never", "--restart=Never", "--", "sh", "-c", "echo hello; echo wrong >&2; exit 3");
        await OkAsync("wait", "pod/one", "--for=jsonpath={.status.phase}=Failed", "--timeout=90s");
        Assert.Equal(["hello", "wrong"], (await OkAsync("logs", "one")).Split('\n').Order());
        Assert.Equal("3 Error", await OkAsync("get", "pod", "one", "-o", "jsonpath={.status.containerStatuses[0].state.terminated.exitCode} {.status.containerStatuses[0].state.terminated.reason}"));
        Assert.Matches(@"(?m)^one +0/1 +Error +0 ", await OkAsync("get", "pods"));
    }

    [Fact]
    public async Task ExecCopyForwardAttachDebug_ReachTheContainer()
    {
        await OkAsync("run", "web", "--image=busybox", "--image-pull-policy=Never", "--port=8080", "--", "sh", "-c", "mkdir /www; echo served >/www/index.html; httpd -p 8080 -h /www; while true; do echo tick; sleep 0.2; done");
        await OkAsync("wait", "pod/web", "--for=condition=Ready", "--timeout=90s");
        Assert.Equal("hello", await OkAsync("exec", "web", "--", "echo", "hello"));
        Assert.Equal(7, (await KubectlAsync("exec", "web", "--", "sh", "-c", "exit 7")).ExitCode);
        var typed = await RunAsync(["exec", "-i", "web", "--", "cat"], Encoding.ASCII.GetBytes("typed"));
        Assert.Equal("typed", typed.Output);
        await File.WriteAllTextAsync($"{_folder}/f.txt", "content");
        await OkAsync("cp", $"{_folder}/f.txt", $"{_space}/web:/tmp/f.txt");
        Assert.Equal("content", await OkAsync("exec", "web", "--", "cat", "/tmp/f.txt"));
        await OkAsync("cp", $"{_space}/web:/tmp/f.txt", $"{_folder}/g.txt");
        Assert.Equal("content", await File.ReadAllTextAsync($"{_folder}/g.txt"));
        await ForwardsAsync();
        await FollowsAsync("logs", "-f", "--tail=1", "web");
        await FollowsAsync("attach", "web");
    }

    [Fact]
    public async Task Environment_MountsAndTokens_AreThere()
    {
        await OkAsync("create", "configmap", "settings", "--from-literal=key=value");
        await OkAsync("create", "secret", "generic", "hidden", "--from-literal=word=swordfish");
        var manifest = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {app: p}}
            spec:
              restartPolicy: Never
              initContainers:
              - {name: first, image: busybox, imagePullPolicy: Never, command: [sh, -c, 'echo init >/shared/init'], volumeMounts: [{name: shared, mountPath: /shared}]}
              containers:
              - name: c
                image: busybox
                imagePullPolicy: Never
                command: [sh, -c, 'cat /shared/init /etc/settings/key; echo; echo $WORD $POD; ls /var/run/secrets/kubernetes.io/serviceaccount; id -u; touch /etc/settings/x 2>/dev/null || echo read-only']
                env:
                - {name: WORD, valueFrom: {secretKeyRef: {name: hidden, key: word}}}
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                securityContext: {runAsUser: 1234}
                volumeMounts: [{name: shared, mountPath: /shared}, {name: settings, mountPath: /etc/settings}]
              volumes:
              - {name: shared, emptyDir: {}}
              - {name: settings, configMap: {name: settings}}
            """;
        var made = await RunAsync(["create", "-f", "-"], Encoding.UTF8.GetBytes(manifest));
        Assert.True(made.ExitCode == 0, made.ToString());
        await OkAsync("wait", "pod/p", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=90s");
        Assert.Equal("init\nvalue\nswordfish p\nca.crt\nnamespace\ntoken\n1234\nread-only", await OkAsync("logs", "p"));
    }

    [Fact]
    public async Task Deployment_RollsAndServes()
    {
        await OkAsync("create", "deployment", "web", "--image=busybox", "--replicas=2", "--", "sh", "-c", "sleep 1000");
        await OkAsync("patch", "deploy", "web", "-p", """{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"busybox","imagePullPolicy":"Never"}]}}}}""");
        await OkAsync("rollout", "status", "deploy/web", "--timeout=100s");
        await OnlyTwoAsync();
        var address = await OkAsync("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].status.podIP}");
        Assert.Matches(@"^\d+\.\d+\.\d+\.\d+$", address);
        await OkAsync("set", "env", "deploy/web", "A=B");
        await OkAsync("rollout", "status", "deploy/web", "--timeout=100s");
        await OnlyTwoAsync();
        Assert.Equal("B", await OkAsync("exec", "deploy/web", "--", "sh", "-c", "echo $A"));
        await OkAsync("delete", "deploy", "web", "--cascade=foreground", "--timeout=100s");

        // A rollout does not wait for the end of the last pod that it replaces, and that one would be asked as well.
        Task OnlyTwoAsync() => Eventually.BecomesAsync(async () => (await OkAsync("get", "pods", "-l", "app=web", "-o", "name")).Split('\n').Length == 2, "the replaced pods are gone");
    }

    private async Task ForwardsAsync()
    {
        using var forward = Command.Start(Clients.Kubectl, ["-n", _space, "port-forward", "pod/web", ":8080"], Settings());
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var line = await forward.StandardOutput.ReadLineAsync(limit.Token) ?? "";
            Assert.StartsWith("Forwarding from 127.0.0.1:", line, StringComparison.Ordinal);
            using var http = new HttpClient();
            Assert.Equal("served\n", await http.GetStringAsync($"http://127.0.0.1:{line.Split(':')[1].Split(' ')[0]}/", limit.Token));
        }
        finally
        {
            forward.Kill();
        }
    }

    private async Task FollowsAsync(params string[] arguments)
    {
        using var follow = Command.Start(Clients.Kubectl, ["-n", _space, .. arguments], Settings());
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            for (var line = 0; line < 3; line++)
            {
                Assert.Equal("tick", await follow.StandardOutput.ReadLineAsync(limit.Token));
            }
        }
        finally
        {
            follow.Kill();
        }
    }

    private async Task<string> OkAsync(params string[] arguments)
    {
        var result = await KubectlAsync(arguments);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result}\n{(await KubectlAsync("describe", "pods")).Output}");
        return result.Line;
    }

    private Task<CommandResult> KubectlAsync(params string[] arguments) => RunAsync(arguments, null);

    private Task<CommandResult> RunAsync(string[] arguments, byte[]? input) =>
        Command.RunAsync(Clients.Kubectl, ["-n", _space, .. arguments], input, Settings(), limit: TimeSpan.FromSeconds(150));

    private Dictionary<string, string> Settings() => new() { ["KUBECONFIG"] = Path.Combine(engine.Naru!.RunDirectory, "kubeconfig"), ["HOME"] = _folder };
}
