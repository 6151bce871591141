using System.Globalization;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>Where a service of the cluster can be reached from here. Asked for every connection: endpoints come and go.</summary>
internal sealed class ServiceEndpoints(Lazy<IObjects> objects)
{
    private static readonly GroupResource Slices = new("discovery.k8s.io", "endpointslices");
    private int _turn;

    /// <summary>Hosts and ports to try, in order; callers take turns.</summary>
    /// <exception cref="NaruException">Unavailable: there is no such service or nobody behind it.</exception>
    public IReadOnlyList<(string Host, int Port)> Of(string space, string name, int port)
    {
        var service = objects.Value.Get(Known.Services, space, name)?.Tree ?? throw Unavailable($"service \"{name}\" not found");
        if (service.Text("spec", "type") == "ExternalName")
        {
            return service.Text("spec", "externalName") is { Length: > 0 } external ? [(external, port)] : throw Unavailable($"unsupported service type \"ExternalName\" without a name for service \"{name}\"");
        }

        var named = service.Maps("spec", "ports").FirstOrDefault(one => one.Integer("port") == port) ?? throw Unavailable($"no service port {port.ToString(CultureInfo.InvariantCulture)} found for service \"{name}\"");
        var slices = objects.Value.List(Slices, space).Select(static one => one.Tree).Where(one => one.Text("metadata", "labels", "kubernetes.io/service-name") == name).ToList();
        var found = slices.SelectMany(slice => Ready(slice, named.Text("name") ?? "")).Distinct().ToList();
        if (found.Count > 0)
        {
            var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)found.Count);
            return [.. found[first..], .. found[..first]];
        }

        // Without a selector nobody here knows what is behind the address.
        return service.Map("spec", "selector") is null && slices.Count == 0 && service.Text("spec", "clusterIP") is { Length: > 0 } address && address != "None"
            ? [(address, port)]
            : throw Unavailable($"no endpoints available for service \"{name}\"");
    }

    private static IEnumerable<(string Host, int Port)> Ready(MapValue slice, string portName)
    {
        var port = slice.Maps("ports").FirstOrDefault(one => (one.Text("name") ?? "") == portName)?.Integer("port");
        return port is null ? [] :
            from endpoint in slice.Maps("endpoints")
            where endpoint.Boolean("conditions", "ready") != false
            from address in endpoint.List("addresses")?.Texts() ?? []
            select (address, (int)port.Value);
    }

    private static NaruException Unavailable(string message) => new(ErrorKind.Unavailable, message);
}
