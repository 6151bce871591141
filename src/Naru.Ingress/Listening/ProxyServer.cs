using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Certificates;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Listening;

/// <summary>One open socket and Kestrel behind it.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly IServer _server;

    private ProxyServer(WebApplication host)
    {
        _host = host;
        _server = host.Services.GetRequiredService<IServer>();
    }

    /// <summary>Opens a socket.</summary>
    /// <exception cref="IOException">The address cannot be had.</exception>
    public static async Task<ProxyServer> StartAsync(IPEndPoint address, PortFacts facts, CertificateTable? certificates, Proxy proxy, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "naru-ingress", ContentRootPath = "/" });
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        if (certificates is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                kestrel.ListenAnyIP(address.Port, listen => Configure(listen, certificates));
            }
            else
            {
                kestrel.Listen(address, listen => Configure(listen, certificates));
            }
        });
        var server = new ProxyServer(builder.Build());
        try
        {
            await server._server.StartAsync(new ProxyApplication(facts, proxy, time), cancellationToken);
        }
        catch
        {
            await server._host.DisposeAsync();
            throw;
        }

        facts.Number = server.Port;
        facts.NumberText = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return server;
    }

    /// <summary>The port that was opened.</summary>
    public int Port => new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;

    /// <summary>Takes no more connections and waits for what is under way, as long as the token lets it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static void Configure(ListenOptions listen, CertificateTable? certificates)
    {
        if (certificates is null)
        {
            listen.Protocols = HttpProtocols.Http1;
            return;
        }

        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = context => ValueTask.FromResult(certificates.For(context.ClientHelloInfo.ServerName)) });
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = 32 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 200;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // Bodies are bounded by their route; streams may rest as long as the route's patience lets them.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 32 << 10;
    }
}
