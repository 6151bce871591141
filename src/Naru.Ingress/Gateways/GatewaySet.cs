using System.Collections.Immutable;
using Naru.Ingress.Backends;
using Naru.Ingress.Certificates;
using Naru.Ingress.Listening;
using Naru.Ingress.Routing;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>The Gateways of our classes with their routes. Laid out anew as a whole when one of its objects changes; endpoints change without it. One thread writes.</summary>
internal sealed class GatewaySet(IObjects objects, ListenerJudge judge, RuleCompiler rules, RouteAttachment attachment, BackendTable backends, ListenerSet sockets)
{
    private readonly Dictionary<CertificateTable, HashSet<SourceKey>> _certified = [];
    private List<RouteView> _routes = [];
    private bool _isDirty = true;

    /// <summary>The Gateways, the oldest first.</summary>
    public IReadOnlyList<GatewayView> Gateways { get; private set; } = [];

    /// <summary>The routes that name one of them.</summary>
    public IReadOnlyList<RouteView> Routes => _routes;

    /// <summary>Classes of ours.</summary>
    public IReadOnlyList<StoredObject> Classes { get; private set; } = [];

    /// <summary>The sockets that are wanted.</summary>
    public IEnumerable<ListenerKey> Wanted => Gateways.SelectMany(static one => one.Listeners).Where(static one => one.IsUsable).Select(static one => one.Key).OfType<ListenerKey>().Distinct();

    /// <summary>Something that Gateways or routes are made of changed.</summary>
    public void Changed() => _isDirty = true;

    /// <summary>A service changed: references to it may hold now, or no longer.</summary>
    public void ServiceChanged() => _isDirty |= _routes.Count > 0;

    /// <summary>Lays everything out anew if something changed. True if it did.</summary>
    public bool Refresh()
    {
        if (!_isDirty)
        {
            return false;
        }

        _isDirty = false;
        Classes = [.. objects.List(GatewayResources.Classes).Where(static one => one.Tree.Text("spec", "controllerName") == GatewayResources.Controller)];
        var ours = Classes.Select(static one => one.Name).ToHashSet();
        Gateways = [.. objects.List(GatewayResources.Gateways)
            .Where(one => ours.Contains(one.Tree.Text("spec", "gatewayClassName") ?? ""))
            .Select(static one => new GatewayView(one))
            .OrderBy(static one => one.Created, StringComparer.Ordinal).ThenBy(static one => one.Namespace, StringComparer.Ordinal).ThenBy(static one => one.Name, StringComparer.Ordinal)];
        foreach (var gateway in Gateways)
        {
            judge.Judge(gateway);
        }

        var before = _routes;
        _routes = AttachRoutes();
        Publish();
        foreach (var backend in before.SelectMany(static one => one.Backends))
        {
            backends.Release(backend);
        }

        return true;
    }

    private List<RouteView> AttachRoutes()
    {
        var byName = Gateways.ToDictionary(static one => (one.Namespace, one.Name));
        var attached = new List<RouteView>();
        foreach (var (resource, kind) in new[] { (GatewayResources.HttpRoutes, "HTTPRoute"), (GatewayResources.GrpcRoutes, "GRPCRoute") })
        {
            foreach (var stored in objects.List(resource))
            {
                if (stored.Tree.Maps("spec", "parentRefs").Any(reference => RouteAttachment.GatewayOf(stored, reference, byName) is not null))
                {
                    var view = rules.Compile(stored, kind);
                    attachment.Attach(view, byName);
                    attached.Add(view);
                }
            }
        }

        return attached;
    }

    private void Publish()
    {
        var ports = new Dictionary<ListenerKey, ImmutableArray<GatewayListeners>>();
        var certified = new Dictionary<CertificateTable, Dictionary<SourceKey, List<HostCertificate>>>();
        foreach (var gateway in Gateways)
        {
            foreach (var group in gateway.Listeners.Where(static one => one.IsUsable && one.Key is not null).GroupBy(static one => one.Key!.Value))
            {
                ImmutableArray<ListenerRoutes> routes = [.. group.Select(static one => new ListenerRoutes(one.Host, one.Routes)).OrderByDescending(static one => one.Specificity)];
                ports[group.Key] = ports.GetValueOrDefault(group.Key, []).Add(new GatewayListeners(routes));
                if (sockets.For(group.Key).Certificates is { } table)
                {
                    var sources = certified.TryGetValue(table, out var there) ? there : certified[table] = [];
                    sources[new SourceKey("gateway", gateway.Namespace, gateway.Name)] = [.. group.SelectMany(static one => one.Certificates.Select(certificate => new HostCertificate(one.Host, certificate)))];
                }
            }
        }

        sockets.SetGateways(ports);
        PublishCertificates(certified);
    }

    private void PublishCertificates(Dictionary<CertificateTable, Dictionary<SourceKey, List<HostCertificate>>> certified)
    {
        foreach (var (table, sources) in certified)
        {
            foreach (var (source, certificates) in sources)
            {
                table.Set(source, certificates);
            }
        }

        foreach (var (table, sources) in _certified)
        {
            foreach (var source in sources.Where(source => certified.GetValueOrDefault(table)?.ContainsKey(source) != true))
            {
                table.Set(source, []);
            }
        }

        _certified.Clear();
        foreach (var (table, sources) in certified)
        {
            _certified[table] = [.. sources.Keys];
        }
    }
}
