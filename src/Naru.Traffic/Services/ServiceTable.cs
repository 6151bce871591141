using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Traffic;
using Naru.Traffic.Ports;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Services;

/// <summary><see cref="IServiceTable"/> by nftables.</summary>
internal sealed partial class ServiceTable : IServiceTable, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, ServicePlan> _plans = new(StringComparer.Ordinal);
    private readonly ElementOwners _owners = new();
    private readonly ServiceBook _book;
    private readonly RuleBook _networks;
    private readonly LeavingTargets _leaving;
    private readonly NodePorts _ports;
    private readonly PortKeeper _published;
    private readonly ILogger<ServiceTable> _logger;
    private bool _isStarted;

    public ServiceTable(ServiceBook book, RuleBook networks, LeavingTargets leaving, NodePorts ports, PortKeeper published, ILogger<ServiceTable> logger)
    {
        (_book, _networks, _leaving, _ports, _published, _logger) = (book, networks, leaving, ports, published, logger);
        networks.BridgesChanged += OnBridges;
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(ServiceTableChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Netlink blocks: not on the caller's thread, which has other things to do.
            await Task.Run(() => Apply(change), CancellationToken.None);
        }
        catch (DllNotFoundException missing)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, "libnftables.so.1 is not installed (Debian's package is libnftables1); services need it", missing);
        }
        catch (IOException failure)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"services cannot be led to their endpoints: {failure.Message}", failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes the table off the host.</summary>
    internal void Remove()
    {
        _turn.Wait();
        try
        {
            _book.Remove();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _networks.BridgesChanged -= OnBridges;
        _turn.Dispose();
    }

    private void Apply(ServiceTableChange change)
    {
        var left = new LeftTargets();
        var chains = new HashSet<ServiceChain>();
        foreach (var (key, routes) in change.Services)
        {
            Set(key, routes, chains, left);
        }

        if (change.IsWhole)
        {
            foreach (var key in _plans.Keys.Where(key => !change.Services.ContainsKey(key)).ToList())
            {
                Set(key, null, chains, left);
            }
        }

        _isStarted |= change.IsWhole;
        if (_isStarted)
        {
            Write(chains);
            _leaving.Settle(left, _book);
        }
    }

    private void Set(string key, ServiceRoutes? routes, HashSet<ServiceChain> chains, LeftTargets left)
    {
        var before = _plans.GetValueOrDefault(key);
        var now = routes is null || (routes.Frontends.IsEmpty && routes.OwnAddresses.IsEmpty) ? null : ServicePlan.Of(routes, before);
        _owners.Replace(key, before?.Elements ?? [], now?.Elements ?? []);
        left.Compare(before?.Routes, now?.Routes);
        foreach (var (protocol, port) in _ports.Set(key, before?.Routes, now?.Routes))
        {
            if (_published.Keeps(protocol, port))
            {
                LogShadowed(key, port, protocol);
            }
        }

        if (now is null)
        {
            _plans.Remove(key);
        }
        else
        {
            _plans[key] = now;
            chains.UnionWith(now.Chains);
        }
    }

    private void Write(IEnumerable<ServiceChain> chains)
    {
        var (gone, made) = _owners.Take();
        _book.Apply(gone, made, chains, () => (_owners.All, _plans.Values.SelectMany(static plan => plan.Chains)));
    }

    private void OnBridges(IReadOnlyCollection<string> gone, IReadOnlyCollection<string> made)
    {
        _turn.Wait();
        try
        {
            if (_isStarted)
            {
                _book.ChangeBridges(gone, made);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(4091, LogLevel.Warning, "The service {Service} is not reached at this host's port {Port}/{Protocol}: a container has published it")]
    private partial void LogShadowed(string service, ushort port, string protocol);
}
