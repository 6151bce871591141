using Naru.Ingress.Backends;
using Naru.Ingress.Routing;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>A route of the Gateway API: its rules, and what became of each of its parents.</summary>
internal sealed class RouteView(StoredObject stored, string kind)
{
    public StoredObject Stored => stored;

    /// <summary>HTTPRoute or GRPCRoute.</summary>
    public string Kind => kind;

    public SourceKey Source { get; } = new(kind.ToLowerInvariant(), stored.Namespace, stored.Name);

    public IReadOnlyList<string> Hosts { get; } = [.. (stored.Tree.List("spec", "hostnames")?.Texts() ?? []).Select(static one => one.ToLowerInvariant()).Distinct()];

    /// <summary>The rules, as routes without a host.</summary>
    public List<Route> Routes { get; } = [];

    /// <summary>Backends that it holds.</summary>
    public List<ServiceBackend> Backends { get; } = [];

    /// <summary>What it names and cannot be used: reason and message.</summary>
    public (string Reason, string Message)? Unresolved { get; set; }

    /// <summary>What it wishes and is not known here.</summary>
    public (string Reason, string Message)? Refused { get; set; }

    /// <summary>Parents that are Gateways of ours, and why they took it or not.</summary>
    public List<(MapValue Reference, (string Reason, string Message)? Refused)> Parents { get; } = [];
}
