using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Cluster;
using Naru.Core.Lifetime;
using Naru.Core.Stores;
using Naru.Dialects.Http.Sending;
using Naru.Dialects.Kubernetes.Tests.Fakes;
using Naru.Kinds;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Stores;

namespace Naru.Dialects.Kubernetes.Tests;

/// <summary>The dialect on a free port, over fakes of its ports.</summary>
internal sealed class DialectHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DialectHost(WebApplication application, FakeCluster cluster, FakeAccess access, FakeCatalogue catalogue)
    {
        (_application, Cluster, Access, Catalogue) = (application, cluster, access, catalogue);
        Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = NewClient("admin");
    }

    public FakeCluster Cluster { get; }

    public FakeAccess Access { get; }

    public FakeCatalogue Catalogue { get; }

    public Uri Address { get; }

    /// <summary>A client with all rights.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public static async Task<DialectHost> StartAsync(Action<KubernetesDialectOptions>? configure = null, Action<IServiceCollection>? add = null, bool stages = false, bool tls = false, bool real = false)
    {
        var options = new KubernetesDialectOptions { PriorityAndFairness = false };
        configure?.Invoke(options);
        var cluster = new FakeCluster();
        var access = new FakeAccess();
        var catalogue = new FakeCatalogue(new BuiltInKinds().Resources);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                if (tls)
                {
                    listener.UseDirectTls(static https => https.ServerCertificate = SelfSigned());
                }
            });
        });
        if (real)
        {
            builder.Services.AddSingleton<IStore>(static _ => new MemoryStore());
            builder.Services.AddNaruCluster(new ClusterOptions());
        }
        else
        {
            builder.Services.AddSingleton<IObjectApi>(cluster);
            builder.Services.AddSingleton<IObjects>(cluster);
            builder.Services.AddSingleton<IResourceCatalogue>(catalogue);
        }

        builder.Services.AddSingleton<IKinds, BuiltInKinds>();
        builder.Services.AddSingleton<IAuthenticator>(access);
        builder.Services.AddSingleton<IAuthorizer>(access);
        builder.Services.AddSingleton<ITokenIssuer>(access);
        builder.Services.AddSingleton<IAudit>(access);
        add?.Invoke(builder.Services);
        builder.Services.AddNaruKubernetesDialect(options);
        var application = builder.Build();
        application.MapNaruKubernetes();
        await application.StartAsync();
        foreach (var stage in application.Services.GetServices<IEngineStage>().Where(one => stages || real || one.Order == 900).OrderBy(static one => one.Order))
        {
            await stage.StartAsync(CancellationToken.None);
        }

        return new DialectHost(application, cluster, access, catalogue);
    }

    public HttpClient NewClient(string? user)
    {
        var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is { Subject: "CN=x" } } }) { BaseAddress = Address };
        if (user is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user);
        }

        return client;
    }

    /// <summary>A certificate that nobody trusts.</summary>
    public static X509Certificate2 SelfSigned(string name = "x")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>A pod for <see cref="FakeCluster"/>.</summary>
    public static MapValue Pod(string name, string space = "default") => JsonText.ParseMap(Encoding.UTF8.GetBytes(
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{space}}}","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"c","image":"i"}]},"status":{"phase":"Running"}}"""));

    public async Task<(HttpResponseMessage Answer, MapValue Body)> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null, HttpClient? client = null, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await (client ?? Client).SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var isJson = bytes.Length > 0 && bytes[0] == '{';
        return (answer, isJson ? JsonText.ParseMap(bytes) : new MapValue { ["text"] = Encoding.UTF8.GetString(bytes) });
    }

    public Task<(HttpResponseMessage Answer, MapValue Body)> GetAsync(string path, string? accept = null, HttpClient? client = null) =>
        SendAsync(HttpMethod.Get, path, accept: accept, client: client);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var stage in _application.Services.GetServices<IEngineStage>())
        {
            await stage.StopAsync(CancellationToken.None);
        }

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _application.StopAsync(end.Token);
        await _application.DisposeAsync();
    }
}
