using System.Collections.Immutable;
using Naru.Ingress.Backends;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Routing;

/// <summary>What is done with the requests of a route. Never changes.</summary>
internal sealed class RoutePlan
{
    /// <summary>The object that it comes from, for logs and measures.</summary>
    public required SourceKey Source { get; init; }

    /// <summary>Asked in order; one of them may answer, and then the request goes nowhere.</summary>
    public ImmutableArray<IGate> Gates { get; init; } = [];

    /// <summary>Where requests go; null: a gate answers them all.</summary>
    public BackendChoice? Backends { get; init; }

    /// <summary>What is spoken to endpoints; null: what the service's port says.</summary>
    public BackendProtocol? Protocol { get; init; }

    /// <summary>How the path changes on the way; null: it does not.</summary>
    public IPathRewrite? Rewrite { get; init; }

    /// <summary>Host name that the backend sees; null: the client's.</summary>
    public string? Host { get; init; }

    public HeaderEdits? RequestHeaders { get; init; }

    public HeaderEdits? ResponseHeaders { get; init; }

    public ForwardLimits Limits { get; init; } = ForwardLimits.Default;

    /// <summary>Requests of one client go to one endpoint by a cookie; null: they do not.</summary>
    public CookieAffinity? Affinity { get; init; }

    /// <summary>Backends that get a copy of every request, and whose answers nobody sees.</summary>
    public ImmutableArray<Mirror> Mirrors { get; init; } = [];

    /// <summary>Whether nothing is done but to ask one backend for what the client asked.</summary>
    public bool IsPlain => Gates.IsEmpty && Rewrite is null && RequestHeaders is null && ResponseHeaders is null && Affinity is null && Mirrors.IsEmpty
        && Limits is { Request: null, Backend: null }
        && Backends?.All is [{ Backend: not null, RequestHeaders: null, ResponseHeaders: null }];

    /// <summary>What has been counted.</summary>
    public required RouteCounters Counters { get; init; }
}
