using Naru.Testing.Images;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>A real <c>naru up</c>: one machine that is a whole cluster, with a small image in its store.</summary>
public sealed class PodCluster : IAsyncLifetime
{
    public const string Image = "bb:1";
    private const string Kubectl = "kubectl";

    /// <summary>Further options of naru.</summary>
    internal IReadOnlyList<string> Options { get; init; } = [];

    public NaruInstance? Naru { get; private set; }

    /// <summary>Port of the ingress' plain HTTP on loopback.</summary>
    public int IngressHttpPort { get; private set; }

    /// <summary>Port of its HTTPS.</summary>
    public int IngressHttpsPort { get; private set; }

    private string? Missing { get; set; }

    public async ValueTask InitializeAsync()
    {
        Missing = Environment.UserName != "root" ? "pods need root"
            : NaruInstance.FindBinary() is null ? "there is no naru executable: run eng/build"
            : !Command.Exists(Kubectl) || !Command.Exists("docker") ? "kubectl and docker are not on this machine (tests/clients/install brings them)"
            : !File.Exists("/usr/bin/catatonit") ? "catatonit is not on this machine"
            : null;
        if (Missing is not null)
        {
            return;
        }

        (IngressHttpPort, IngressHttpsPort) = (LoopbackPorts.Free(), LoopbackPorts.Free());
        Naru = await NaruInstance.StartAsync(["--kubernetes-address", "127.0.0.1:0", "--ingress-http-address", $"127.0.0.1:{IngressHttpPort}", "--ingress-https-address", $"127.0.0.1:{IngressHttpsPort}", .. Options]);
        using var archive = new MemoryStream();
        FixtureImages.Busybox(Image).Write(archive);
        var file = Path.Combine(Naru.Root, "image.tar");
        await File.WriteAllBytesAsync(file, archive.ToArray());
        await DockerAsync("load", "-q", "-i", file);
        await BecomesAsync("True", "get", "nodes", "-o", "jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Naru is not null)
        {
            await using var naru = Naru;
            await TryAsync(null, "delete", "deployments,statefulsets,daemonsets,replicasets,cronjobs,jobs,pods", "--all", "--all-namespaces", "--now");
        }
    }

    /// <summary>Skips the test where there is no cluster.</summary>
    public PodCluster Required()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        return this;
    }

    public Task<CommandResult> TryAsync(string? input, params string[] arguments) =>
        Command.RunAsync(Kubectl, ["--kubeconfig", Path.Combine(Naru!.RunDirectory, "kubeconfig"), .. arguments], input is null ? null : System.Text.Encoding.UTF8.GetBytes(input), Naru.Environment);

    /// <summary>Runs kubectl and fails the test unless it succeeds.</summary>
    public async Task<string> OkAsync(params string[] arguments)
    {
        var result = await TryAsync(null, arguments);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result}");
        return result.Line;
    }

    /// <summary>Applies a manifest; IMAGE in it stands for the small image.</summary>
    public async Task ApplyAsync(string manifest)
    {
        var result = await TryAsync(manifest.Replace("IMAGE", Image, StringComparison.Ordinal), "apply", "-f", "-");
        Assert.True(result.ExitCode == 0, $"kubectl apply: {result}");
    }

    /// <summary>Waits until a request answers with this.</summary>
    public Task BecomesAsync(string wanted, params string[] arguments) => Eventually.SaysAsync(
        async () => (await TryAsync(null, arguments)).Line, wanted, $"kubectl {string.Join(' ', arguments)}", TimeSpan.FromSeconds(60));

    /// <summary>Makes a namespace and waits for its account, without which no pod is let in.</summary>
    public async Task CreateSpaceAsync(string name)
    {
        await OkAsync("create", "namespace", name);
        await BecomesAsync("default", "-n", name, "get", "serviceaccount", "default", "-o", "jsonpath={.metadata.name}");
    }

    public async Task<string> DockerAsync(params string[] arguments)
    {
        var result = await Command.RunAsync("docker", arguments, null, Naru!.Environment);
        Assert.True(result.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {result}");
        return result.Line;
    }
}
