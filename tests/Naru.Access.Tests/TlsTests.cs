using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Naru.Access.Certificates;
using Naru.Access.Oidc;
using Naru.Access.Tokens;
using Naru.Core.Lifetime;
using Naru.Objects.Values;
using Naru.Testing;
using Naru.Testing.Running;

namespace Naru.Access.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task Server_OverTls_IsTrustedAndKnowsItsClient()
    {
        using var directory = new TempDirectory();
        using var pki = new ClusterPki(new EngineDirectories(directory.Path, directory.Path, "00000000"), new AccessOptions(), TimeProvider.System);
        var authenticator = new Authentication.CertificateAuthenticator(pki, TimeProvider.System);
        await using var app = await StartAsync(pki, context => context.Response.WriteAsync(context.Connection.ClientCertificate is { } shown ? authenticator.Authenticate(shown)?.Name ?? "stranger" : "nobody"));
        var credential = pki.IssueClient("jane", ["devs"], TimeSpan.FromHours(1));
        using var pair = X509Certificate2.CreateFromPem(credential.CertificatePem, credential.KeyPem);

        Assert.Equal("jane", await AskAsync(app, pki, pair));
        Assert.Equal("nobody", await AskAsync(app, pki, null));
        Assert.Equal("stranger", await AskAsync(app, pki, pki.Server));
    }

    [Fact]
    public async Task Kubectl_WithTheKubeconfig_IsTheAdministrator()
    {
        Assert.SkipUnless(Command.Exists("kubectl"), "kubectl is not installed");
        using var directory = new TempDirectory();
        var directories = new EngineDirectories(directory.Path, directory.Path, "00000000");
        using var pki = new ClusterPki(directories, new AccessOptions(), TimeProvider.System);
        var authenticator = new Authentication.CertificateAuthenticator(pki, TimeProvider.System);
        await using var app = await StartAsync(pki, context => context.Response.WriteAsync(string.Join(' ', authenticator.Authenticate(context.Connection.ClientCertificate!)!.Groups)));
        var file = new KubeconfigWriter(pki, directories).Write(new Uri(app.Urls.First()));

        var answer = await Command.RunAsync("kubectl", ["--kubeconfig", file, "get", "--raw", "/whoami"]);

        Assert.True(answer.ExitCode == 0, answer.ToString());
        Assert.Equal("system:masters system:authenticated", answer.Line);
    }

    [Fact]
    public async Task Issuer_OverTls_IsTrustedByItsAuthority()
    {
        using var directory = new TempDirectory();
        using var pki = new ClusterPki(new EngineDirectories(directory.Path, directory.Path, "00000000"), new AccessOptions(), TimeProvider.System);
        var file = Path.Combine(directory.Path, "issuer-ca.crt");
        File.WriteAllText(file, pki.ServerAuthority);
        await using var app = await StartAsync(pki, static context => context.Response.WriteAsync(
            context.Request.Path == "/keys" ? "{\"keys\":[]}" : $"{{\"issuer\":\"https://{context.Request.Host}\",\"jwks_uri\":\"https://{context.Request.Host}/keys\"}}"));
        var issuer = new Uri(app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal));
        var token = JsonWebToken.Parse($"{JsonWebToken.Encode(new MapValue { ["alg"] = "ES256", ["kid"] = "x" })}.{JsonWebToken.Encode([])}.AAAA")!;

        using var trusting = new IssuerKeys(new OidcOptions { Issuer = issuer, ClientId = "naru", AuthorityFile = file }, TimeProvider.System);
        using var doubting = new IssuerKeys(new OidcOptions { Issuer = issuer, ClientId = "naru" }, TimeProvider.System);

        Assert.False(await trusting.VerifiesAsync(token, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<Core.Errors.NaruException>(async () => await doubting.VerifiesAsync(token, TestContext.Current.CancellationToken));
    }

    private static async Task<WebApplication> StartAsync(ClusterPki pki, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificateSelector = (_, _) => pki.Server;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        })));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<string> AskAsync(WebApplication app, ClusterPki pki, X509Certificate2? client)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(pki.ServerAuthority);
        if (client is not null)
        {
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        using var http = new HttpClient(handler);
        return await http.GetStringAsync(new Uri(app.Urls.First()), TestContext.Current.CancellationToken);
    }
}
