using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Certificates;
using Naru.Ingress.Direct;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Listening;

/// <summary>One open socket and Kestrel behind it.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    /// <summary>How long a connection may rest between requests.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(75);

    private readonly WebApplication _host;
    private readonly IServer _server;

    private ProxyServer(WebApplication host)
    {
        _host = host;
        _server = host.Services.GetRequiredService<IServer>();
    }

    /// <summary>Opens a socket.</summary>
    /// <exception cref="IOException">The address cannot be had.</exception>
    public static async Task<ProxyServer> StartAsync(IPEndPoint address, PortFacts facts, CertificateTable? certificates, Proxy proxy, DirectServing direct, SocketLoops loops, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "naru-ingress", ContentRootPath = "/" });
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(loops);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IConnectionListenerFactory, ReadyTransport>();
        if (certificates is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var handOver = new HandOver();
        if (certificates is null)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(handOver);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            Listen(kestrel, address, certificates, handOver, new ReadyStart(certificates is null ? direct : null, facts, time));
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

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint address, CertificateTable? certificates, HandOver handOver, ReadyStart start)
    {
        if (address.Address.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(address.Port, listen => Configure(listen, certificates, handOver, start));
        }
        else
        {
            kestrel.Listen(address, listen => Configure(listen, certificates, handOver, start));
        }

        if (certificates is null)
        {
            kestrel.Listen(HandOver.Place, static listen => listen.Protocols = HttpProtocols.Http2);
        }
    }

    private static void Configure(ListenOptions listen, CertificateTable? certificates, HandOver handOver, ReadyStart start)
    {
        ((IConnectionBuilder)listen).Use(start.Before);
        if (certificates is null)
        {
            ((IConnectionBuilder)listen).Use(handOver.Before);
            listen.Protocols = HttpProtocols.Http1;
            return;
        }

        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = context => ValueTask.FromResult(certificates.For(context.ClientHelloInfo.ServerName)) });
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // The two headers in which backends put letters beyond ASCII; for all others the quick way of the server is kept.
        kestrel.ResponseHeaderEncodingSelector = static name => name is "Location" or "Content-Disposition" ? System.Text.Encoding.Latin1 : null;
        kestrel.Limits.MaxRequestLineSize = 32 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 200;
        kestrel.Limits.KeepAliveTimeout = Rest;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // Bodies are bounded by their route; streams may rest as long as the route's patience lets them.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 32 << 10;
    }
}
