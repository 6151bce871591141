using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Certificates;
using Naru.Ingress.Direct;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Listening;

/// <summary>
/// The sockets of the ingress. They open when the first object asks for them, so that a host where nobody does stays as it was, and close when the last one is gone. A port that
/// something else holds is told about and tried again; naru goes on.
/// </summary>
internal sealed partial class ListenerSet(IngressOptions options, Proxy proxy, DirectServing direct, SocketLoops loops, TimeProvider time, ILoggerFactory logs, ILogger<ListenerSet> logger) : IAsyncDisposable
{
    private readonly Dictionary<ListenerKey, OpenPort> _ports = [];
    private readonly List<Task> _closing = [];

    /// <summary>Where plain HTTP of Ingress is; null: nowhere.</summary>
    public ListenerKey? Http { get; } = options.HttpAddress is { } address ? new(IPEndPoint.Parse(address), false) : null;

    /// <summary>Where HTTPS of Ingress is; null: nowhere.</summary>
    public ListenerKey? Https { get; } = options.HttpsAddress is { } address ? new(IPEndPoint.Parse(address), true) : null;

    /// <summary>Raised by one whenever a socket opened, closed or could not be opened for another reason than before.</summary>
    public long Changes { get; private set; }

    /// <summary>Routes of Ingress objects.</summary>
    public RouteTable IngressRoutes { get; } = new(deepWildcards: false, fallsThrough: false);

    /// <summary>Certificates of Ingress objects.</summary>
    public CertificateTable IngressCertificates { get; } = new(time);

    /// <summary>The socket for a port of a Gateway: 80 and 443 are those of Ingress, wherever these were put.</summary>
    public ListenerKey? KeyOf(int port, bool isTls) => (port, isTls) switch
    {
        (80, false) => Http,
        (443, true) => Https,
        _ => (Http ?? Https) is { } known ? new(new IPEndPoint(known.Address.Address, port), isTls) : null,
    };

    /// <summary>The port of a socket as clients see it; 0 while it is not open.</summary>
    public int PortOf(ListenerKey? key) => key is { } known && _ports.TryGetValue(known, out var port) && port.Server is not null ? port.Facts.Number : 0;

    /// <summary>Why a socket could not be opened; empty if it is open or was not tried.</summary>
    public string ProblemOf(ListenerKey key) => _ports.GetValueOrDefault(key)?.Problem ?? "";

    /// <summary>The port's routes, for setting listeners; made if it was not wanted before.</summary>
    public OpenPort For(ListenerKey key)
    {
        if (!_ports.TryGetValue(key, out var port))
        {
            var isIngress = key == Http || key == Https;
            var routes = new PortRoutes(isIngress ? IngressRoutes : null);
            port = _ports[key] = new OpenPort(new PortFacts(routes, key.IsTls), key == Https ? IngressCertificates : key.IsTls ? new CertificateTable(time) : null);
        }

        return port;
    }

    /// <summary>Replaces the listeners of all Gateways.</summary>
    public void SetGateways(IReadOnlyDictionary<ListenerKey, ImmutableArray<GatewayListeners>> gateways)
    {
        foreach (var key in gateways.Keys.Concat(_ports.Keys).Distinct().ToList())
        {
            For(key).Facts.Routes.Gateways = gateways.GetValueOrDefault(key, []);
        }
    }

    /// <summary>Opens what is wanted and closes what is not. True if something that was wanted could not be opened.</summary>
    public async Task<bool> ReconcileAsync(IReadOnlySet<ListenerKey> wanted, CancellationToken cancellationToken)
    {
        var missing = false;
        foreach (var (key, port) in _ports.Where(pair => !wanted.Contains(pair.Key)).ToList())
        {
            // What is under way may end in its own time; routes do not wait for it.
            _ports.Remove(key);
            _closing.RemoveAll(static task => task.IsCompletedSuccessfully);
            _closing.Add(CloseAsync(key, port));
        }

        foreach (var key in wanted)
        {
            var port = For(key);
            missing |= port.Server is null && !await OpenAsync(key, port, cancellationToken);
        }

        var secure = PortOf(Https);
        foreach (var port in _ports.Values)
        {
            port.Facts.Routes.SecurePort = secure;
        }

        return missing;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll([.. _closing, .. _ports.Select(pair => CloseAsync(pair.Key, pair.Value))]);
        _ports.Clear();
    }

    private async Task<bool> OpenAsync(ListenerKey key, OpenPort port, CancellationToken cancellationToken)
    {
        try
        {
            port.Server = await ProxyServer.StartAsync(key.Address, port.Facts, port.Certificates, proxy, direct, loops, time, logs, cancellationToken);
            port.Problem = "";
            Changes++;
            LogOpen(key.ToString(), port.Facts.Number);
            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException or AddressInUseException)
        {
            if (port.Problem.Length == 0)
            {
                Changes++;
                LogTaken(key.ToString(), exception.Message.TrimEnd('.'));
            }

            port.Problem = exception.Message;
            return false;
        }
    }

    private async Task CloseAsync(ListenerKey key, OpenPort port)
    {
        if (port.Server is not { } server)
        {
            return;
        }

        port.Server = null;
        Changes++;
        using var patience = new CancellationTokenSource(options.Drain, time);
        await server.StopAsync(patience.Token);
        await server.DisposeAsync();
        LogClosed(key.ToString());
    }

    [LoggerMessage(18050, LogLevel.Information, "The ingress listens on {Address}, port {Port}")]
    private partial void LogOpen(string address, int port);

    [LoggerMessage(18051, LogLevel.Warning, "The ingress cannot listen on {Address}: {Reason}. Everything else goes on; it is tried again. Choose another address with --ingress-http-address and --ingress-https-address")]
    private partial void LogTaken(string address, string reason);

    [LoggerMessage(18052, LogLevel.Information, "The ingress no longer listens on {Address}: nothing asks for it")]
    private partial void LogClosed(string address);
}

/// <summary>A port that is wanted, open or not.</summary>
internal sealed class OpenPort(PortFacts facts, CertificateTable? certificates)
{
    public PortFacts Facts => facts;

    public CertificateTable? Certificates => certificates;

    public ProxyServer? Server { get; set; }

    public string Problem { get; set; } = "";
}
