using System.Net;
using Naru.Objects.Values;

namespace Naru.Agent.Policies;

/// <summary>A pod as policies see it.</summary>
internal sealed record PolicyPod(string Namespace, MapValue? Labels, IReadOnlyList<IPAddress> Addresses, bool IsLocal, IReadOnlyList<PolicyPort> Ports)
{
    /// <summary>Reads a pod; null: policies are not about it (it has ended, or it is in its host's network).</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="isLocal">It runs on this node.</param>
    /// <param name="addresses">Its addresses where they are known better than by its status.</param>
    public static PolicyPod? Read(MapValue pod, bool isLocal, IReadOnlyList<IPAddress>? addresses)
    {
        if (pod.Boolean("spec", "hostNetwork") == true || (addresses is null && pod.Text("status", "phase") is "Succeeded" or "Failed"))
        {
            return null;
        }

        addresses ??= [.. pod.Maps("status", "podIPs").Select(static one => IPAddress.TryParse(one.Text("ip"), out var address) ? address : null).OfType<IPAddress>()];
        var containers = pod.Maps("spec", "containers").Concat(pod.Maps("spec", "initContainers").Where(static one => one.Text("restartPolicy") == "Always"));
        var ports = from container in containers
                    from port in container.Maps("ports")
                    where port.Text("name") is { Length: > 0 } && port.Integer("containerPort") is not null
                    select new PolicyPort(port.Text("name")!, (port.Text("protocol") ?? "TCP").ToLowerInvariant(), (ushort)port.Integer("containerPort")!.Value);
        return new PolicyPod(pod.Text("metadata", "namespace") ?? "", pod.Map("metadata", "labels"), addresses, isLocal, [.. ports]);
    }
}

/// <summary>A port of a pod that has a name.</summary>
internal sealed record PolicyPort(string Name, string Protocol, ushort Number);
