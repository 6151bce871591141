using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Containers.Bundles;

/// <summary>
/// The variables that a link of the default bridge gives: where the other container is, which ports it exposes, and its own variables.
/// Containers on networks with a name service get none.
/// </summary>
internal static class LinkVariables
{
    /// <summary>Variables of all links, in the order of the links; a container that is not there gives none.</summary>
    public static ImmutableArray<string> Of(Container container, Func<string, Container?> find)
    {
        var variables = ImmutableArray.CreateBuilder<string>();
        foreach (var link in container.Spec.Network.Links)
        {
            var parts = link.Split(':', 2);
            var target = parts[0].TrimStart('/');
            var alias = parts.Length > 1 && parts[1].Length > 0 ? parts[1][(parts[1].LastIndexOf('/') + 1)..] : target;
            if (find(target) is { } other && other.Status.Network.Endpoints.GetValueOrDefault("bridge") is { IPv4Address.Length: > 0 } endpoint)
            {
                Add(variables, container.Name.TrimStart('/'), alias, other.Spec, endpoint.IPv4Address);
            }
        }

        return variables.ToImmutable();
    }

    private static void Add(ImmutableArray<string>.Builder variables, string own, string alias, ContainerSpec other, string address)
    {
        var prefix = alias.Replace('-', '_').ToUpperInvariant();
        variables.Add($"{prefix}_NAME=/{own}/{alias}");
        var ports = other.Network.Exposed
            .Select(static port => (port.Port, Protocol: port.Protocol.ToString().ToLowerInvariant()))
            .OrderBy(static port => port.Protocol == "tcp" ? 0 : 1).ThenBy(static port => port.Port).ToList();
        if (ports is [var first, ..])
        {
            variables.Add($"{prefix}_PORT={first.Protocol}://{address}:{first.Port}");
        }

        foreach (var (port, protocol) in ports)
        {
            var name = $"{prefix}_PORT_{port}_{protocol.ToUpperInvariant()}";
            variables.AddRange($"{name}={protocol}://{address}:{port}", $"{name}_ADDR={address}", $"{name}_PORT={port}", $"{name}_PROTO={protocol}");
        }

        foreach (var entry in other.Process.Environment)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && entry[..equals] is not ("HOME" or "PATH"))
            {
                variables.Add($"{prefix}_ENV_{entry}");
            }
        }
    }
}
