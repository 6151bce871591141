using System.Net;
using Naru.Objects.Values;

namespace Naru.Ingress.Backends;

/// <summary>What a service of type ExternalName stands for. Pure.</summary>
/// <param name="Name">The name, lower case, without a dot at its end.</param>
/// <param name="Port">Port there; 0: the service does not have the one asked for.</param>
/// <param name="PortBody">The service's port; null where it names none and any number will do.</param>
internal sealed record ExternalTarget(string Name, int Port, MapValue? PortBody)
{
    /// <summary>The address where the name is one.</summary>
    public IPAddress? Address => IPAddress.TryParse(Name, out var address) ? address : null;

    public static ExternalTarget Of(MapValue service, BackendKey key)
    {
        var name = (service.Text("spec", "externalName") ?? "").TrimEnd('.').ToLowerInvariant();
        var ports = service.Maps("spec", "ports").ToList();
        if (ports.Count == 0)
        {
            return new(name, key.PortNumber, null);
        }

        var port = ports.Find(one => key.PortNumber == 0 ? one.Text("name") == key.PortName : one.Integer("port") == key.PortNumber);
        return new(name, (int)(port?.Integer("targetPort") is > 0 and < 65536 and var target ? target : port?.Integer("port") ?? 0), port);
    }

    /// <summary>The cluster's own service that the name is of; null: it is a name of the world outside.</summary>
    public (string Namespace, string Service)? ServiceIn(string domain)
    {
        var labels = Name.EndsWith("." + domain, StringComparison.Ordinal) ? Name[..^(domain.Length + 1)].Split('.') : Name.Split('.');
        return labels is [var service, var space, "svc"] ? (space, service) : null;
    }
}
