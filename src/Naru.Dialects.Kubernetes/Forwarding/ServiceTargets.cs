using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>Finds an address behind a service: a ready endpoint of its slices, or the name of an external one.</summary>
internal sealed class ServiceTargets(IObjects objects)
{
    private static readonly GroupResource Services = new("", "services");
    private static readonly GroupResource Slices = new("discovery.k8s.io", "endpointslices");

    /// <summary>A host and port that serve the service's port, given by number or name; empty for its only one. 404, 503 where there are none.</summary>
    public (string Host, int Port) Find(string space, string name, string port)
    {
        var service = objects.Get(Services, space, name)
            ?? throw new StatusFailure(404, "NotFound", $"services \"{name}\" not found") { Details = new() { Kind = "services", Name = name } };
        var wanted = PortOf(service.Tree, port) ?? throw StatusFailure.ServiceUnavailable($"no service port {(port.Length == 0 ? "\"\"" : $"\"{port}\"")} found for service \"{name}\"");
        if (service.Tree.Text("spec", "type") == "ExternalName")
        {
            return (service.Tree.Text("spec", "externalName") ?? "", (int)(wanted.Integer("port") ?? 0));
        }

        var places = Places(space, name, wanted.Text("name") ?? "").ToList();
        if (places.Count > 0)
        {
            return places[Random.Shared.Next(places.Count)];
        }

        throw StatusFailure.ServiceUnavailable($"no endpoints available for service \"{name}\"");
    }

    private static MapValue? PortOf(MapValue service, string port)
    {
        var ports = service.Maps("spec", "ports").ToList();
        if (port.Length == 0)
        {
            return ports.Count == 1 ? ports[0] : ports.Find(static one => (one.Text("name") ?? "").Length == 0);
        }

        return ports.Find(one => one.Text("name") == port || one.Integer("port")?.ToString(System.Globalization.CultureInfo.InvariantCulture) == port);
    }

    private IEnumerable<(string Host, int Port)> Places(string space, string name, string port)
    {
        foreach (var slice in objects.List(Slices, space).Where(one => one.Tree.Text("metadata", "labels", "kubernetes.io/service-name") == name))
        {
            var number = slice.Tree.Maps("ports").FirstOrDefault(one => (one.Text("name") ?? "") == port)?.Integer("port");
            if (number is null)
            {
                continue;
            }

            foreach (var endpoint in slice.Tree.Maps("endpoints").Where(static one => one.Boolean("conditions", "ready") != false))
            {
                foreach (var address in endpoint.List("addresses")?.Texts() ?? [])
                {
                    yield return (address, (int)number.Value);
                }
            }
        }
    }
}
