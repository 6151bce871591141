using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Traffic.Files;
using Naru.Traffic.Networks;
using Naru.Traffic.Ports;
using Naru.Traffic.Rules;
using LinkCounters = Naru.Core.Containers.LinkCounters;

namespace Naru.Traffic.Sandboxes;

/// <summary>The sandboxes of this instance.</summary>
internal sealed partial class SandboxKeeper(
    TrafficOptions options,
    NetworkCatalog catalog,
    SandboxPlanner planner,
    EndpointMaker maker,
    EndpointLinks links,
    NamespacePool namespaces,
    LinkReaper reaper,
    Publisher publisher,
    RuleBook rules,
    SandboxNames names,
    HostSide host,
    TimeProvider clock,
    ILogger<SandboxKeeper> logger) : ISandboxes, IDisposable
{
    private readonly StateFiles<SandboxDocument> _files = new(options.Directories.RunPath("sandboxes"), TrafficJson.Default.SandboxDocument, durable: false);
    private readonly ConcurrentDictionary<ContainerId, LiveSandbox> _sandboxes = new();

    /// <summary>No container has a sandbox.</summary>
    internal bool IsEmpty => _sandboxes.IsEmpty;

    public void Check(ContainerNetworkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        planner.Check(spec);
    }

    /// <summary>
    /// 1 plans and takes addresses and ports, 2 writes down what will be, 3 makes interfaces while the rules are written, 4 makes names known.
    /// On failure all of it is undone.
    /// </summary>
    public async Task<SandboxNetwork> SetUpAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        planner.Check(request.Network);
        if (SandboxPlanner.IsShared(request.Network))
        {
            return SandboxNetwork.None;
        }

        if (_sandboxes.ContainsKey(request.Container))
        {
            await TearDownAsync(request.Container, cancellationToken);
        }

        var plan = planner.Networks(request.Network);
        var sandbox = new LiveSandbox(new SandboxDocument { Container = request.Container, Id = RandomNumberGenerator.GetHexString(64, lowercase: true), FilesDirectory = request.FilesDirectory });
        _sandboxes[request.Container] = sandbox;
        try
        {
            TakePlaces(sandbox, plan, request);
            if (!SandboxPlanner.UsesHost(request.Network))
            {
                (sandbox.Namespace, sandbox.SpareNames, var users) = namespaces.Take(request.Users);
                sandbox.Document = sandbox.Document with { NamespacePath = sandbox.Namespace.Path, UserNamespacePath = users };
            }

            KeepPorts(sandbox, request);
            _files.Write(request.Container.Value, sandbox.Document);
            var ruled = rules.ApplyAsync(sandbox.Rules);
            if (sandbox.Namespace is { } inside)
            {
                var places = sandbox.Places(catalog);
                sandbox.MayHaveLinks = true;
                links.Attach(inside, [.. places.Where(static place => place.Endpoint.Value.Interface.Length > 0)], sandbox.Document.Ports.Length > 0);
                SetWayOut(inside, places, hadNone: true);
            }

            names.Refresh(sandbox, request);
            await links.SettleAsync(sandbox.Document.Endpoints, clock);
            await ruled;
            publisher.ForgetDatagramFlows(sandbox.Document.Ports, []);
        }
        catch (Exception failure)
        {
            await TearDownAsync(request.Container, CancellationToken.None);
            throw failure is NaruException or OperationCanceledException ? failure : new NaruException(ErrorKind.Internal, $"failed to set up container networking: {failure.Message}", failure);
        }

        foreach (var (network, endpoint) in sandbox.Places(catalog))
        {
            catalog.Tell(network, "connect", request.Container);
        }

        return sandbox.Value = Describe(sandbox);
    }

    public async Task TearDownAsync(ContainerId container, CancellationToken cancellationToken)
    {
        if (!_sandboxes.TryRemove(container, out var sandbox))
        {
            return;
        }

        await sandbox.Gate.WaitAsync(CancellationToken.None);
        var places = sandbox.Places(catalog);
        names.Forget(sandbox.Document);
        sandbox.Resolver?.Dispose();
        try
        {
            await rules.ApplyAsync(new RuleChange().Undo(sandbox.Rules));
            publisher.ForgetDatagramFlows(sandbox.Document.Ports, sandbox.Document.Endpoints.Select(static place => place.Value));
        }
        catch (IOException failure)
        {
            // The wanted state is noted: the next change writes it.
            LogRulesLeft(failure.Message);
        }

        sandbox.Reservations.ForEach(static reservation => reservation.Dispose());
        foreach (var (network, _) in places)
        {
            catalog.RemoveEndpoint(network, container);
        }

        sandbox.Namespace?.Dispose();
        foreach (var path in (string[])[sandbox.Document.NamespacePath, sandbox.Document.UserNamespacePath])
        {
            if (path.Length > 0)
            {
                NetworkNamespace.Delete(path);
            }
        }

        reaper.Add(sandbox.Document.Endpoints, sandbox.MayHaveLinks);
        _files.Delete(container.Value);
        foreach (var (network, _) in sandbox.Value.Id.Length > 0 ? places : [])
        {
            catalog.Tell(network, "disconnect", container);
        }

        sandbox.Dispose();
        sandbox.Gate.Release();
    }

    public async Task<SandboxNetwork> ConnectAsync(SandboxRequest request, string network, EndpointSpec endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(endpoint);
        var target = catalog.GetLive(network);
        SandboxPlanner.CheckConnect(request, target);
        SandboxPlanner.CheckEndpoint(target, endpoint);
        if (await EnterAsync(request.Container, cancellationToken) is not { } sandbox)
        {
            return Pending(request, target, endpoint);
        }

        try
        {
            if (sandbox.Document.Endpoints.Any(place => place.Value.NetworkId == target.Id))
            {
                throw new NaruException(ErrorKind.PermissionDenied, $"endpoint with name {request.Name} already exists in network {target.Name}");
            }

            await JoinAsync(sandbox, target, endpoint, request);
            catalog.Tell(target, "connect", request.Container);
            return sandbox.Value = Describe(sandbox);
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    public async Task<SandboxNetwork> DisconnectAsync(SandboxRequest request, string network, bool force, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = catalog.GetLive(network);
        if (SandboxPlanner.UsesHost(request.Network) || target.Spec.Driver == DriverSettings.Host)
        {
            throw new NaruException(ErrorKind.PermissionDenied, "container cannot be disconnected from host network or connected to host network");
        }

        if (await EnterAsync(request.Container, cancellationToken) is not { } sandbox)
        {
            return SandboxNetwork.None;
        }

        try
        {
            var leaving = sandbox.Document.Endpoints.FirstOrDefault(place => place.Value.NetworkId == target.Id)
                ?? throw new NaruException(ErrorKind.FailedPrecondition, $"container {request.Container} is not connected to network {target.Name}");
            await LeaveAsync(sandbox, target, leaving, request);
            catalog.Tell(target, "disconnect", request.Container);
            return sandbox.Value = Describe(sandbox);
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    public async Task RenameAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await EnterAsync(request.Container, cancellationToken) is not { } sandbox)
        {
            return;
        }

        try
        {
            var renamed = sandbox.Places(catalog).Select(place => place.Endpoint with
            {
                Value = place.Endpoint.Value with { ContainerName = request.Name, DnsNames = EndpointMaker.DnsNames(place.Network, place.Endpoint.Value.Spec, request) },
            });
            sandbox.Document = sandbox.Document with { Endpoints = [.. renamed] };
            _files.Write(request.Container.Value, sandbox.Document);
            ShowEndpoints(sandbox);
            names.Refresh(sandbox, request);
            sandbox.Value = Describe(sandbox);
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    public Task<ImmutableSortedDictionary<string, LinkCounters>> CountersAsync(ContainerId container, CancellationToken cancellationToken)
    {
        if (!_sandboxes.TryGetValue(container, out var sandbox) || sandbox.Namespace is not { } inside)
        {
            return Task.FromResult(ImmutableSortedDictionary<string, LinkCounters>.Empty);
        }

        var places = sandbox.Document.Endpoints.Where(static place => place.Value.Interface.Length > 0).Select(static place => place.Value.Interface).ToHashSet(StringComparer.Ordinal);
        return host.Threads.RunAsync(inside, () =>
        {
            using var routes = RouteSocket.Open();
            return routes.ListLinks().Where(link => places.Contains(link.Name)).ToImmutableSortedDictionary(static link => link.Name, static link => new LinkCounters(
                link.Counters.ReceivedBytes, link.Counters.ReceivedPackets, link.Counters.ReceiveErrors, link.Counters.ReceiveDropped,
                link.Counters.SentBytes, link.Counters.SentPackets, link.Counters.SendErrors, link.Counters.SendDropped));
        });
    }

    public void Dispose()
    {
        foreach (var sandbox in _sandboxes.Values)
        {
            sandbox.Resolver?.Dispose();
            sandbox.Reservations.ForEach(static reservation => reservation.Dispose());
            sandbox.Dispose();
        }

        _sandboxes.Clear();
    }

    // Alone with a sandbox; null when there is none, or not any more.
    private async Task<LiveSandbox?> EnterAsync(ContainerId container, CancellationToken cancellationToken)
    {
        if (!_sandboxes.TryGetValue(container, out var sandbox))
        {
            return null;
        }

        await sandbox.Gate.WaitAsync(cancellationToken);
        if (_sandboxes.TryGetValue(container, out var still) && still == sandbox)
        {
            return sandbox;
        }

        sandbox.Gate.Release();
        return null;
    }

    private async Task JoinAsync(LiveSandbox sandbox, LiveNetwork target, EndpointSpec endpoint, SandboxRequest request)
    {
        var before = sandbox.Document;
        var joined = maker.Make(target, endpoint, request, UsedInterfaces(sandbox));
        try
        {
            sandbox.Document = before with { Endpoints = before.Endpoints.Add(joined) };
            _files.Write(request.Container.Value, sandbox.Document);
            sandbox.MayHaveLinks = true;
            links.Attach(sandbox.Namespace!, [(target, joined)], !request.Network.Bindings.IsEmpty || request.Network.PublishAll);
            SetWayOut(sandbox.Namespace!, sandbox.Places(catalog), hadNone: false);
            await links.SettleAsync([joined], clock);
            await RepublishAsync(sandbox, request);
            ShowEndpoints(sandbox);
            names.Refresh(sandbox, request);
        }
        catch
        {
            links.Detach(sandbox.Namespace!, joined);
            maker.GiveBack(joined.Value);
            names.Forget(joined.Value);
            catalog.RemoveEndpoint(target, request.Container);
            sandbox.Document = before;
            _files.Write(request.Container.Value, before);
            throw;
        }
    }

    private async Task LeaveAsync(LiveSandbox sandbox, LiveNetwork target, EndpointDocument leaving, SandboxRequest request)
    {
        sandbox.Document = sandbox.Document with { Endpoints = sandbox.Document.Endpoints.Remove(leaving) };
        names.Forget(leaving.Value);
        await RepublishAsync(sandbox, request);
        links.Detach(sandbox.Namespace!, leaving);
        SetWayOut(sandbox.Namespace!, sandbox.Places(catalog), hadNone: false);
        _files.Write(request.Container.Value, sandbox.Document);
        maker.GiveBack(leaving.Value);
        catalog.RemoveEndpoint(target, request.Container);
        names.Refresh(sandbox, request);
    }

    private void TakePlaces(LiveSandbox sandbox, List<(LiveNetwork Network, EndpointSpec Spec)> plan, SandboxRequest request)
    {
        foreach (var (network, spec) in plan)
        {
            var made = maker.Make(network, spec, request, UsedInterfaces(sandbox));
            sandbox.Document = sandbox.Document with { Endpoints = sandbox.Document.Endpoints.Add(made) };
        }

        ShowEndpoints(sandbox);
    }

    private void KeepPorts(LiveSandbox sandbox, SandboxRequest request)
    {
        if (PublishingPlace(sandbox) is not { } place)
        {
            return;
        }

        sandbox.Reservations.AddRange(publisher.Keep(request.Network, place.Network, place.Endpoint.Value));
        sandbox.Document = sandbox.Document with { Ports = [.. sandbox.Reservations.Select(static reservation => reservation.Port)] };
        sandbox.Rules = Publisher.Rules(sandbox.Document.Ports, place.Endpoint.Value);
        publisher.Relay(sandbox.Reservations, place.Endpoint.Value);
    }

    // The way out may have moved to another network: the ports go with it.
    private async Task RepublishAsync(LiveSandbox sandbox, SandboxRequest request)
    {
        var old = sandbox.Rules;
        var place = PublishingPlace(sandbox);
        if (place is null)
        {
            sandbox.Rules = new RuleChange();
        }
        else if (sandbox.Reservations.Count == 0)
        {
            KeepPorts(sandbox, request);
        }
        else
        {
            sandbox.Rules = Publisher.Rules(sandbox.Document.Ports, place.Value.Endpoint.Value);
            publisher.Relay(sandbox.Reservations, place.Value.Endpoint.Value);
        }

        await rules.ApplyAsync(new RuleChange().Undo(old).Include(sandbox.Rules));
        publisher.ForgetDatagramFlows(sandbox.Document.Ports, []);
    }

    private (LiveNetwork Network, EndpointDocument Endpoint)? PublishingPlace(LiveSandbox sandbox)
    {
        var places = sandbox.Places(catalog).Where(static place => place.Network.IsBridge && !place.Network.Spec.Internal).ToList();
        if (places.Count == 0)
        {
            return null;
        }

        var candidates = places.Select(static place => (place.Network, place.Endpoint.Value)).ToList();
        var chosen = WayOut.Choose(candidates, isV6: false) ?? WayOut.Choose(candidates, isV6: true) ?? places[0].Endpoint.Value;
        return places.First(place => place.Endpoint.Value.Id == chosen.Id);
    }

    private void SetWayOut(NetworkNamespace inside, ImmutableArray<(LiveNetwork Network, EndpointDocument Endpoint)> places, bool hadNone)
    {
        var candidates = places.Select(static place => (place.Network, place.Endpoint.Value)).ToList();
        var (v4, v6) = (WayOut.Choose(candidates, isV6: false), WayOut.Choose(candidates, isV6: true));
        if (!hadNone || v4 is not null || v6 is not null)
        {
            links.SetWayOut(inside, v4, v6);
        }
    }

    private void ShowEndpoints(LiveSandbox sandbox)
    {
        foreach (var (network, endpoint) in sandbox.Places(catalog))
        {
            catalog.SetEndpoint(network, endpoint.Value);
        }
    }

    private static List<string> UsedInterfaces(LiveSandbox sandbox) => [.. sandbox.Document.Endpoints.Select(static place => place.Value.Interface)];

    private static SandboxNetwork Pending(SandboxRequest request, LiveNetwork target, EndpointSpec endpoint) => new()
    {
        Endpoints = ImmutableSortedDictionary<string, Endpoint>.Empty.Add(target.Name, new Endpoint
        {
            NetworkId = target.Id,
            NetworkName = target.Name,
            Container = request.Container,
            ContainerName = request.Name,
            Spec = endpoint,
            DnsNames = EndpointMaker.DnsNames(target, endpoint, request),
        }),
    };

    private static SandboxNetwork Describe(LiveSandbox sandbox)
    {
        var document = sandbox.Document;
        return new SandboxNetwork
        {
            Id = document.Id,
            NamespacePath = document.NamespacePath,
            UserNamespacePath = document.UserNamespacePath,
            Endpoints = document.Endpoints.ToImmutableSortedDictionary(static place => place.Value.NetworkName, static place => place.Value),
            Ports = document.Ports,
            HostsPath = SandboxFiles.HostsPath(document.FilesDirectory),
            HostnamePath = SandboxFiles.HostnamePath(document.FilesDirectory),
            ResolvConfPath = SandboxFiles.ResolvConfPath(document.FilesDirectory),
        };
    }

    [LoggerMessage(4040, LogLevel.Warning, "Rules of an ended container stay for now: {Reason}")]
    private partial void LogRulesLeft(string reason);

    [LoggerMessage(4041, LogLevel.Warning, "Port {HostAddress}:{HostPort} of container {ContainerId} was taken by another program while naru was down; its traffic still goes to the container")]
    private partial void LogPortLost(string hostAddress, int hostPort, string containerId);

    [LoggerMessage(4042, LogLevel.Error, "{Path} is not a sandbox and is left alone")]
    private partial void LogBroken(string path);

    [LoggerMessage(4043, LogLevel.Information, "Sweeping the sandbox of container {ContainerId}, which does not live any more")]
    private partial void LogSweeping(string containerId);
}
