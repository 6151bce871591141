using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Models;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

[assembly: AssemblyFixture(typeof(Naru.EndToEnd.Tests.Kubernetes.Cluster))]

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>
/// The one control plane that most of these tests share, started when the first of them asks for it. Every test works in namespaces of its own.
/// </summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private NaruInstance? _naru;
    private string _folder = "";

    public string KubeConfig => Path.Combine(_naru!.RunDirectory, "kubeconfig");

    /// <summary>Root of the API, without a slash at its end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Speaks as the owner of the cluster.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IKubernetes Client { get; private set; } = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The running control plane; skips the test where there cannot be one.</summary>
    public async Task<Cluster> RequiredAsync()
    {
        Assert.SkipWhen(Environment.UserName != "root", "the engine needs root");
        Assert.SkipWhen(NaruInstance.FindBinary() is null, "there is no naru executable: run eng/build");
        await _starting.WaitAsync();
        try
        {
            if (_naru is null)
            {
                _folder = Directory.CreateTempSubdirectory("naru-e2e-kubectl-").FullName;
                _naru = await StartAsync();
                Http = ClientOf(_naru, out var address);
                Address = address;
                Client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(KubeConfig));
            }
        }
        finally
        {
            _starting.Release();
        }

        return this;
    }

    public static Task<NaruInstance> StartAsync() => NaruInstance.StartServerAsync("--kubernetes-address", "127.0.0.1:0");

    /// <summary>A client with the certificate of the instance's kubeconfig.</summary>
    public static HttpClient ClientOf(NaruInstance naru, out string address)
    {
        var settings = KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(naru.RunDirectory, "kubeconfig"));
        address = settings.Host.TrimEnd('/');
        var handler = new SocketsHttpHandler();
        handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Text(settings.ClientCertificateData), Text(settings.ClientCertificateKeyData))];
        handler.SslOptions.CertificateChainPolicy = TrustOf(settings);
        return new HttpClient(handler) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>A namespace of the test's own with its default account; nobody waits for its end.</summary>
    public async Task<Space> SpaceAsync()
    {
        await RequiredAsync();
        var name = "e2e-" + Guid.NewGuid().ToString("n")[..8];
        await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } });

        // What controllers put into every namespace: without the account no pod is let in, and the other must not appear among what a test lists.
        foreach (var made in (string[])["serviceaccounts/default", "configmaps/kube-root-ca.crt"])
        {
            await Eventually.BecomesAsync(
                async () =>
                {
                    using var answer = await Http.GetAsync($"/api/v1/namespaces/{name}/{made}");
                    return answer.IsSuccessStatusCode;
                },
                $"{made} is in {name}");
        }

        return new Space(this, name, Directory.CreateDirectory($"{_folder}/{name}").FullName);
    }

    /// <summary>Options of TLS that trust the cluster's own authority and show no certificate.</summary>
    public SslClientAuthenticationOptions Stranger() => new() { TargetHost = new Uri(Address).Host, CertificateChainPolicy = TrustOf(KubernetesClientConfiguration.BuildConfigFromConfigFile(KubeConfig)) };

    public async Task<CommandResult> KubectlAsync(IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? also = null)
    {
        await RequiredAsync();
        Clients.Need(Clients.Kubectl);
        var environment = new Dictionary<string, string>(also ?? new Dictionary<string, string>()) { ["KUBECONFIG"] = KubeConfig, ["HOME"] = _folder };
        return await Command.RunAsync(Clients.Kubectl, arguments, input is null ? null : Encoding.UTF8.GetBytes(input), environment, _folder, TimeSpan.FromSeconds(120));
    }

    /// <summary>Splits the words of a command at blanks and expects success.</summary>
    public async Task<string> OkAsync(string words, string? input = null)
    {
        var result = await KubectlAsync(words.Split(' '), input);
        Assert.True(result.ExitCode == 0, $"kubectl {words}: {result}");
        return result.Line;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        Client?.Dispose();
        _starting.Dispose();
        if (_naru is not null)
        {
            await _naru.DisposeAsync();
        }

        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static X509ChainPolicy TrustOf(KubernetesClientConfiguration settings)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(settings.SslCaCerts);
        return policy;
    }

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
