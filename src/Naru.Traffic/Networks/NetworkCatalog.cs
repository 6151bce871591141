using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Networks;

/// <summary>The networks of this instance: on disk, in memory and on the host.</summary>
internal sealed partial class NetworkCatalog(
    TrafficOptions options,
    BridgeLinks links,
    RuleBook rules,
    IEvents events,
    TimeProvider clock,
    ILogger<NetworkCatalog> logger) : INetworks, IDisposable
{
    private readonly StateFiles<NetworkDocument> _files = new(options.Directories.DataPath("networks"), TrafficJson.Default.NetworkDocument, durable: true);
    private readonly PoolChooser _chooser = new(options.AddressPools, options.Directories.InstanceId);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<string, LiveNetwork> _networks = ImmutableDictionary<string, LiveNetwork>.Empty;

    /// <summary>Guards the address pools and endpoints of all networks; held for moments only.</summary>
    internal Lock Guard => _lock;

    internal LiveNetwork DefaultBridge => _networks.Values.First(static network => network.IsDefaultBridge);

    internal IEnumerable<LiveNetwork> Live => _networks.Values;

    public ImmutableArray<Network> List() => [.. _networks.Values.Select(static network => network.Value).OrderByDescending(static network => network.Created)];

    public Network Get(string reference) => GetLive(reference).Value;

    public Network? Find(string reference) => FindLive(reference)?.Value;

    internal LiveNetwork GetLive(string reference) => FindLive(reference) ?? throw NaruException.NotFound($"network {reference} not found");

    /// <summary>By id, by name, by unique prefix of an id, in this order.</summary>
    internal LiveNetwork? FindLive(string reference)
    {
        var networks = _networks;
        if (reference.Length == 0)
        {
            return null;
        }

        if (networks.TryGetValue(reference, out var exact))
        {
            return exact;
        }

        if (networks.Values.FirstOrDefault(network => network.Name == reference) is { } named)
        {
            return named;
        }

        var matches = networks.Values.Where(network => network.Id.StartsWith(reference, StringComparison.Ordinal)).Take(2).ToList();
        return matches.Count < 2 ? matches.FirstOrDefault() : throw NaruException.Invalid($"network {reference} is ambiguous ({matches.Count} matches found based on ID prefix)");
    }

    public async Task<(Network Network, string Warning)> CreateAsync(NetworkSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var normal = NetworkRules.Normalise(spec);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_networks.Values.Any(network => network.Name == normal.Name))
            {
                throw NaruException.Conflict($"network with name {normal.Name} already exists");
            }

            var made = await AddAsync(normal, predefined: false);
            Tell(made, "create");
            return (made.Value, string.Empty);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task RemoveAsync(string reference, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var network = GetLive(reference);
            if (network.Document.Predefined)
            {
                throw new NaruException(ErrorKind.PermissionDenied, $"{network.Name} is a pre-defined network and cannot be removed");
            }

            await RemoveLockedAsync(network);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<ImmutableArray<string>> PruneAsync(Func<Network, bool> allowed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        var removed = ImmutableArray.CreateBuilder<string>();
        await _changing.WaitAsync(cancellationToken);
        try
        {
            foreach (var network in _networks.Values.Where(network => !network.Document.Predefined && network.Value.Endpoints.IsEmpty && allowed(network.Value)).ToList())
            {
                if (network.Spec.ConfigOnly && _networks.Values.Any(other => other.Spec.ConfigFrom == network.Name))
                {
                    continue;
                }

                await RemoveLockedAsync(network);
                removed.Add(network.Name);
            }
        }
        finally
        {
            _changing.Release();
        }

        return removed.ToImmutable();
    }

    /// <summary>Loads what is on disk, makes what is missing of it on the host, and notes its rules (not yet written).</summary>
    internal async Task LoadAsync()
    {
        var documents = _files.Load(LogBroken);
        _networks = documents.Select(static document => new LiveNetwork(document)).ToImmutableDictionary(static network => network.Id);
        ChooseAgainWhereTaken();
        foreach (var network in _networks.Values)
        {
            try
            {
                EnsureLink(network);
                rules.Expect(Elements(network));
            }
            catch (Exception failure) when (failure is NaruException or IOException)
            {
                // One network that cannot be made must not keep the engine down; its containers will say why they do not start.
                LogUnmakable(network.Name, failure.Message);
            }
        }

        SweepLinks();
        foreach (var (name, driver) in new[] { ("bridge", DriverSettings.Bridge), ("host", DriverSettings.Host), ("none", DriverSettings.Null) })
        {
            if (!_networks.Values.Any(network => network.Document.Predefined && network.Name == name))
            {
                await AddAsync(new NetworkSpec { Name = name, Driver = driver, IpamDriver = "default", Scope = "local", Options = PredefinedOptions(name), Pools = PredefinedPools(name) }, predefined: true);
            }
        }
    }

    /// <summary>Replaces what readers see of a network.</summary>
    internal void SetEndpoint(LiveNetwork network, Endpoint endpoint)
    {
        lock (_lock)
        {
            network.Value = network.Value with { Endpoints = network.Value.Endpoints.SetItem(endpoint.Container, endpoint) };
        }
    }

    internal void RemoveEndpoint(LiveNetwork network, ContainerId container)
    {
        lock (_lock)
        {
            network.Value = network.Value with { Endpoints = network.Value.Endpoints.Remove(container) };
        }
    }

    /// <summary>Tells of a network: create, destroy, connect, disconnect.</summary>
    internal void Tell(LiveNetwork network, string action, ContainerId? container = null)
    {
        var attributes = ImmutableSortedDictionary<string, string>.Empty.Add("name", network.Name).Add("type", network.Spec.Driver);
        events.Publish(new EngineEvent
        {
            Type = "network",
            Action = action,
            ActorId = network.Id,
            Attributes = container is { } id ? attributes.Add("container", id.Value) : attributes,
        });
    }

    public void Dispose() => _changing.Dispose();

    // What is on disk comes first; on failure nothing stays.
    private async Task<LiveNetwork> AddAsync(NetworkSpec spec, bool predefined)
    {
        var id = RandomNumberGenerator.GetHexString(64, lowercase: true);
        if (spec.ConfigFrom.Length > 0)
        {
            spec = ApplyTemplate(spec);
        }

        var isFree = spec.Pools.IsEmpty;
        if (!spec.ConfigOnly && spec.Driver is not (DriverSettings.Host or DriverSettings.Null))
        {
            spec = spec with { Pools = ChoosePools(spec) };
        }

        var link = InterfaceName(id, spec);
        if (spec.Driver == DriverSettings.Bridge && link.Length > 0 && _networks.Values.FirstOrDefault(network => network.IsBridge && network.Document.Interface == link) is { } other)
        {
            throw new NaruException(ErrorKind.PermissionDenied, $"bridge name conflict: bridge {link} is already used by network {other.Name}");
        }

        var network = new LiveNetwork(new NetworkDocument { Id = id, Spec = spec, Created = clock.GetUtcNow(), Interface = link, ChosenPools = isFree, Predefined = predefined });
        _files.Write(id, network.Document);
        try
        {
            if (EnsureLink(network))
            {
                network = new LiveNetwork(network.Document with { OwnsInterface = true }) { LinkIndex = network.LinkIndex };
                _files.Write(id, network.Document);
            }

            if (predefined)
            {
                rules.Expect(Elements(network));
            }
            else
            {
                await rules.ApplyAsync(Elements(network));
            }
        }
        catch (Exception failure)
        {
            await UndoAsync(network);
            throw failure is IOException ? new NaruException(ErrorKind.Internal, $"network {spec.Name} cannot be made: {failure.Message}", failure) : failure;
        }

        _networks = _networks.Add(id, network);
        return network;
    }

    private async Task RemoveLockedAsync(LiveNetwork network)
    {
        lock (_lock)
        {
            if (!network.Value.Endpoints.IsEmpty)
            {
                var who = string.Join(", ", network.Value.Endpoints.Values.Select(static endpoint => $"name:\"{endpoint.ContainerName}\" id:\"{endpoint.Id[..Math.Min(12, endpoint.Id.Length)]}\""));
                throw new NaruException(ErrorKind.PermissionDenied, $"error while removing network: network {network.Name} id {network.Id} has active endpoints ({who})");
            }

            if (network.Spec.ConfigOnly && _networks.Values.FirstOrDefault(other => other.Spec.ConfigFrom == network.Name) is { } user)
            {
                throw new NaruException(ErrorKind.PermissionDenied, $"configuration network {network.Name} is in use by network {user.Name}");
            }

            _networks = _networks.Remove(network.Id);
        }

        await UndoAsync(network);
        Tell(network, "destroy");
    }

    private async Task UndoAsync(LiveNetwork network)
    {
        await rules.ApplyAsync(new RuleChange().Undo(Elements(network)));
        if (network.Document.OwnsInterface || network.IsBridge)
        {
            links.DeleteOwned(network.Document.Interface);
        }

        _files.Delete(network.Id);
    }

    private RuleChange Elements(LiveNetwork network) => NetworkElements.Of(network, links.BridgeTrafficIsSeen);

    private bool EnsureLink(LiveNetwork network) => (network.IsBridge || network.IsLayered) && links.Ensure(network);

    // While this instance was away with nothing left on the host, others may have taken the addresses that were chosen for it.
    private void ChooseAgainWhereTaken()
    {
        var present = links.ListOwned().ToHashSet(StringComparer.Ordinal);
        foreach (var network in _networks.Values.Where(network => network.IsBridge && network.Document.ChosenPools && !present.Contains(network.Document.Interface)).ToList())
        {
            var others = links.UsedSubnets();
            if (!network.Subnets.Any(subnet => others.Any(subnet.Overlaps)))
            {
                continue;
            }

            _networks = _networks.Remove(network.Id);
            var moved = new LiveNetwork(network.Document with { Spec = network.Spec with { Pools = ChoosePools(network.Spec with { Pools = [] }) } });
            LogMoved(network.Name, moved.Spec.Pools[0].Subnet);
            _files.Write(network.Id, moved.Document);
            _networks = _networks.Add(network.Id, moved);
        }
    }

    /// <summary>Takes the interfaces of all networks off the host; they come back at the next start.</summary>
    internal void RemoveLinks()
    {
        foreach (var link in links.ListOwned())
        {
            links.DeleteOwned(link);
        }
    }

    private void SweepLinks()
    {
        var known = _networks.Values.Select(static network => network.Document.Interface).ToHashSet(StringComparer.Ordinal);
        foreach (var link in links.ListOwned().Where(link => !known.Contains(link)))
        {
            LogSweeping(link);
            links.DeleteOwned(link);
        }
    }

    private NetworkSpec ApplyTemplate(NetworkSpec spec)
    {
        var template = FindLive(spec.ConfigFrom) is { Spec.ConfigOnly: true } found
            ? found.Spec
            : throw NaruException.NotFound($"configuration network {spec.ConfigFrom} not found");
        if (spec.Options.Count > 0 || spec.Pools.Length > 0 || spec.EnableIPv6)
        {
            throw new NaruException(ErrorKind.PermissionDenied, "user specified configurations are not supported if the network depends on a configuration network");
        }

        return spec with { Options = template.Options, Pools = template.Pools, EnableIPv4 = template.EnableIPv4, EnableIPv6 = template.EnableIPv6, Internal = spec.Internal || template.Internal };
    }

    private ImmutableArray<IpamPool> ChoosePools(NetworkSpec spec)
    {
        var mine = _networks.Values.SelectMany(static network => network.Subnets).ToList();
        var pools = spec.Pools.Where(static pool => pool.Subnet.Length > 0).ToList();
        var given = pools.Select(static pool => Subnet.TryParse(pool.Subnet, out var subnet) ? subnet : default).ToList();
        if (given.Any(subnet => mine.Any(subnet.Overlaps)) || (spec.NeedsFreePools && links.UsedSubnets() is var taken && given.Any(subnet => taken.Any(subnet.Overlaps))))
        {
            throw NetworkRules.OverlapRefusal();
        }

        if (spec.IpamDriver == "null")
        {
            return [.. pools];
        }

        IReadOnlyList<Subnet>? used = null;
        foreach (var isV6 in new[] { false, true })
        {
            var wanted = isV6 ? spec.EnableIPv6 : spec.EnableIPv4 != false;
            if (wanted && !given.Any(subnet => subnet.IsV6 == isV6))
            {
                used ??= [.. mine, .. given, .. links.UsedSubnets()];
                var subnet = _chooser.Choose(isV6, used);
                pools.Add(new IpamPool { Subnet = subnet.ToString(), Gateway = subnet.At(subnet.First + 1).ToString() });
            }
        }

        return [.. pools];
    }

    private ImmutableArray<IpamPool> PredefinedPools(string name)
    {
        if (name != "bridge" || options.DefaultBridgeAddress.Length == 0)
        {
            return [];
        }

        return Subnet.TryParse(options.DefaultBridgeAddress, out var subnet, out var gateway)
            ? [new IpamPool { Subnet = subnet.ToString(), Gateway = gateway.ToString() }]
            : throw NaruException.Invalid($"the default bridge's address '{options.DefaultBridgeAddress}' is not an address with a prefix length");
    }

    private ImmutableSortedDictionary<string, string> PredefinedOptions(string name) => name != "bridge"
        ? ImmutableSortedDictionary<string, string>.Empty
        : ImmutableSortedDictionary<string, string>.Empty
            .Add(DriverSettings.DefaultBridgeOption, "true")
            .Add(DriverSettings.IccOption, "true")
            .Add(DriverSettings.MasqueradeOption, "true")
            .Add(DriverSettings.HostBindingOption, "0.0.0.0")
            .Add(DriverSettings.BridgeNameOption, options.DefaultBridge.Length > 0 ? options.DefaultBridge : $"naru{options.Directories.InstanceId}")
            .Add(DriverSettings.MtuOption, options.DefaultMtu.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string InterfaceName(string id, NetworkSpec spec)
    {
        if (spec.ConfigOnly)
        {
            return string.Empty;
        }

        var settings = DriverSettings.Read(spec);
        return spec.Driver switch
        {
            DriverSettings.Bridge => settings.BridgeName.Length > 0 ? settings.BridgeName : $"br-{id[..12]}",
            DriverSettings.Macvlan or DriverSettings.Ipvlan => settings.Parent.Length > 0 ? settings.Parent : $"dm-{id[..12]}",
            _ => string.Empty,
        };
    }

    [LoggerMessage(4010, LogLevel.Error, "{Path} is not a network and is left alone")]
    private partial void LogBroken(string path);

    [LoggerMessage(4011, LogLevel.Error, "Network {NetworkName} cannot be made: {Reason}")]
    private partial void LogUnmakable(string networkName, string reason);

    [LoggerMessage(4013, LogLevel.Warning, "The addresses of network {NetworkName} are used by others on this host now; it moves to {Subnet}")]
    private partial void LogMoved(string networkName, string subnet);

    [LoggerMessage(4012, LogLevel.Information, "Removing interface {LinkName}, which belongs to no network any more")]
    private partial void LogSweeping(string linkName);
}
