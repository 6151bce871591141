using System.Net;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Backends;

/// <summary>All backends that routes name. Readers hold the backends themselves.</summary>
internal sealed class BackendTable : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IObjects _objects;
    private readonly ExternalNames _names;
    private readonly IngressOptions _options;
    private readonly Dictionary<BackendKey, ServiceBackend> _backends = [];
    private readonly BackendIndex<(string Namespace, string Service)> _ofService = new();
    private readonly BackendIndex<string> _ofName = new();
    private readonly Dictionary<(string Namespace, string Service), Dictionary<string, StoredObject>> _slices = [];

    public BackendTable(IObjects objects, ExternalNames names, IngressOptions options)
    {
        (_objects, _names, _options) = (objects, names, options);
        names.Changed += NameChanged;
    }

    public IReadOnlyCollection<ServiceBackend> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _backends.Values];
            }
        }
    }

    /// <summary>The backend, made if nobody named it before, with one reference more.</summary>
    public ServiceBackend Take(BackendKey key)
    {
        lock (_gate)
        {
            if (!_backends.TryGetValue(key, out var backend))
            {
                backend = _backends[key] = new(key);
                Refresh(backend);
            }

            backend.References++;
            return backend;
        }
    }

    /// <summary>Gives a reference back.</summary>
    public void Release(ServiceBackend backend)
    {
        lock (_gate)
        {
            if (--backend.References > 0)
            {
                return;
            }

            _backends.Remove(backend.Key);
            _ofService.Set(backend.Key, []);
            ForgetNames(_ofName.Set(backend.Key, []));
        }
    }

    /// <summary>A slice changed; <paramref name="slice"/> is its last state.</summary>
    public void SliceChanged(StoredObject slice, bool gone)
    {
        if (slice.Tree.Text("metadata", "labels", "kubernetes.io/service-name") is not { Length: > 0 } name)
        {
            return;
        }

        lock (_gate)
        {
            var service = (slice.Namespace, name);
            var slices = _slices.TryGetValue(service, out var there) ? there : _slices[service] = [];
            if (gone)
            {
                slices.Remove(slice.Name);
            }
            else
            {
                slices[slice.Name] = slice;
            }

            if (slices.Count == 0)
            {
                _slices.Remove(service);
            }
        }

        ServiceChanged(slice.Namespace, name);
    }

    /// <summary>A service or its endpoints changed.</summary>
    public void ServiceChanged(string @namespace, string name)
    {
        lock (_gate)
        {
            foreach (var key in _ofService.Find((@namespace, name)))
            {
                Refresh(_backends[key]);
            }
        }
    }

    public void Dispose() => _names.Changed -= NameChanged;

    private void NameChanged(string name)
    {
        lock (_gate)
        {
            foreach (var key in _ofName.Find(name))
            {
                Refresh(_backends[key]);
            }
        }
    }

    private void ForgetNames(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _names.Forget(name);
        }
    }

    private void Refresh(ServiceBackend backend)
    {
        var key = backend.Key;
        var own = (key.Namespace, key.Service);
        var service = _objects.Get(IngressResources.Services, key.Namespace, key.Service)?.Tree;
        if (service?.Text("spec", "type") != "ExternalName")
        {
            _ofService.Set(key, [own]);
            ForgetNames(_ofName.Set(key, []));
            backend.Set(StateOf(service, own, one => key.PortNumber == 0 ? one.Text("name") == key.PortName : one.Integer("port") == key.PortNumber));
            return;
        }

        // A Gateway does not follow them: it would go round the grants of other namespaces.
        var target = key.FollowsNames && _options.FollowExternalNames ? ExternalTarget.Of(service, key) : null;
        var inside = target?.ServiceIn(_options.ClusterDomain);
        _ofService.Set(key, inside is { } other && other != own ? [own, other] : [own]);
        var isOutside = target is { Port: > 0, Address: null, Name.Length: > 0 } && inside is null;
        ForgetNames(_ofName.Set(key, isOutside ? [target!.Name] : []));
        backend.Set(target is null ? new(BackendStanding.NoService, [], BackendProtocol.Http) : target.Port == 0 ? new(BackendStanding.NoPort, [], BackendProtocol.Http) : StateOf(target, inside));
    }

    private BackendState StateOf(ExternalTarget target, (string Namespace, string Service)? inside)
    {
        var protocol = target.PortBody is { } port ? ProtocolOf(port) : BackendProtocol.Http;
        if (inside is { } place)
        {
            var service = _objects.Get(IngressResources.Services, place.Namespace, place.Service)?.Tree;
            var found = StateOf(service?.Text("spec", "type") == "ExternalName" ? null : service, place, one => one.Integer("port") == target.Port);
            return protocol == BackendProtocol.Http ? found : found with { Protocol = protocol };
        }

        IEnumerable<IPAddress> addresses = target.Address is { } one ? new[] { one }.Where(ExternalNames.IsForeign) : target.Name.Length > 0 ? _names.Find(target.Name) ?? [] : [];
        return new(BackendStanding.Known, [.. addresses.Select(address => new Endpoint(address, target.Port))], protocol);
    }

    private BackendState StateOf(MapValue? service, (string Namespace, string Service) place, Func<MapValue, bool> isPort)
    {
        if (service is null)
        {
            return new(BackendStanding.NoService, [], BackendProtocol.Http);
        }

        if (service.Maps("spec", "ports").FirstOrDefault(isPort) is not { } port)
        {
            return new(BackendStanding.NoPort, [], BackendProtocol.Http);
        }

        var slices = _slices.GetValueOrDefault(place)?.Values ?? Enumerable.Empty<StoredObject>();
        return new(BackendStanding.Known, SliceEndpoints.Of(slices.Select(static one => one.Tree), port.Text("name") ?? ""), ProtocolOf(port));
    }

    private static BackendProtocol ProtocolOf(MapValue port) => port.Text("appProtocol")?.ToLowerInvariant() switch
    {
        "kubernetes.io/h2c" or "h2c" or "grpc" => BackendProtocol.Http2,
        "https" or "kubernetes.io/wss" => BackendProtocol.Https,
        _ => BackendProtocol.Http,
    };
}
