using System.Net;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Backends;

/// <summary>All backends that routes name. One thread writes; readers hold the backends themselves.</summary>
internal sealed class BackendTable(IObjects objects)
{
    private readonly Dictionary<BackendKey, ServiceBackend> _backends = [];
    private readonly Dictionary<(string Namespace, string Service), HashSet<BackendKey>> _ofService = [];
    private readonly Dictionary<(string Namespace, string Service), Dictionary<string, StoredObject>> _slices = [];

    public IReadOnlyCollection<ServiceBackend> All => _backends.Values;

    /// <summary>The backend, made if nobody named it before, with one reference more.</summary>
    public ServiceBackend Take(BackendKey key)
    {
        if (!_backends.TryGetValue(key, out var backend))
        {
            backend = _backends[key] = new(key);
            var service = (key.Namespace, key.Service);
            (_ofService.TryGetValue(service, out var keys) ? keys : _ofService[service] = []).Add(key);
            Refresh(backend);
        }

        backend.References++;
        return backend;
    }

    /// <summary>Gives a reference back.</summary>
    public void Release(ServiceBackend backend)
    {
        if (--backend.References > 0)
        {
            return;
        }

        _backends.Remove(backend.Key);
        var service = (backend.Key.Namespace, backend.Key.Service);
        if (_ofService.TryGetValue(service, out var keys) && keys.Remove(backend.Key) && keys.Count == 0)
        {
            _ofService.Remove(service);
        }
    }

    /// <summary>A slice changed; <paramref name="slice"/> is its last state.</summary>
    public void SliceChanged(StoredObject slice, bool gone)
    {
        if (slice.Tree.Text("metadata", "labels", "kubernetes.io/service-name") is not { Length: > 0 } name)
        {
            return;
        }

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

        ServiceChanged(slice.Namespace, name);
    }

    /// <summary>Forgets all slices: a new snapshot follows.</summary>
    public void ForgetSlices() => _slices.Clear();

    /// <summary>A service or its endpoints changed.</summary>
    public void ServiceChanged(string @namespace, string name)
    {
        foreach (var key in _ofService.GetValueOrDefault((@namespace, name), []))
        {
            Refresh(_backends[key]);
        }
    }

    private void Refresh(ServiceBackend backend)
    {
        var key = backend.Key;
        var service = objects.Get(IngressResources.Services, key.Namespace, key.Service);

        // To follow an external name would let whoever may write services reach what only this host can reach.
        if (service is null || service.Tree.Text("spec", "type") == "ExternalName")
        {
            backend.Set(new(BackendStanding.NoService, [], BackendProtocol.Http));
            return;
        }

        var port = service.Tree.Maps("spec", "ports").FirstOrDefault(one => key.PortNumber == 0 ? one.Text("name") == key.PortName : one.Integer("port") == key.PortNumber);
        if (port is null)
        {
            backend.Set(new(BackendStanding.NoPort, [], BackendProtocol.Http));
            return;
        }

        var slices = _slices.GetValueOrDefault((key.Namespace, key.Service))?.Values ?? Enumerable.Empty<StoredObject>();
        backend.Set(new(BackendStanding.Known, Endpoints(slices, port.Text("name") ?? ""), ProtocolOf(port)));
    }

    private static BackendProtocol ProtocolOf(MapValue port) => port.Text("appProtocol")?.ToLowerInvariant() switch
    {
        "kubernetes.io/h2c" or "h2c" or "grpc" => BackendProtocol.Http2,
        "https" or "kubernetes.io/wss" => BackendProtocol.Https,
        _ => BackendProtocol.Http,
    };

    /// <summary>The ready ones; where there are none, those that end but still serve.</summary>
    private static Endpoint[] Endpoints(IEnumerable<StoredObject> slices, string portName)
    {
        var ready = new Dictionary<string, Endpoint>();
        var serving = new Dictionary<string, Endpoint>();
        foreach (var slice in slices)
        {
            var port = slice.Tree.Maps("ports").FirstOrDefault(one => (one.Text("name") ?? "") == portName)?.Integer("port");
            if (port is null or < 1 or > 65535 || slice.Tree.Text("addressType") is not ("IPv4" or "IPv6"))
            {
                continue;
            }

            foreach (var one in slice.Tree.Maps("endpoints"))
            {
                var isReady = one.Boolean("conditions", "ready") ?? true;
                var serves = one.Boolean("conditions", "serving") ?? isReady;
                if ((isReady || serves) && IPAddress.TryParse((one.List("addresses")?.Texts() ?? []).FirstOrDefault(), out var address))
                {
                    (isReady ? ready : serving).TryAdd(address.ToString(), new(address, (int)port));
                }
            }
        }

        return [.. (ready.Count > 0 ? ready : serving).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value)];
    }
}
