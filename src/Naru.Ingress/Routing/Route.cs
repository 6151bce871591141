using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Routing;

/// <summary>Which requests go where. Never changes; what is live hangs on the backends that its plan names.</summary>
internal sealed class Route
{
    /// <summary>Stands for the route where only the request can tell which it is, and there was none to ask.</summary>
    public static Route Undecided { get; } = new() { Path = PathMatch.Prefix("/"), Rank = new RouteRank(), Plan = new RoutePlan { Source = default, Counters = new RouteCounters(default) } };

    public required PathMatch Path { get; init; }

    /// <summary>Everything else that a request must have; null: nothing.</summary>
    public IRouteCondition? Condition { get; init; }

    /// <summary>Only where nothing else takes the request.</summary>
    public bool IsFallback { get; init; }

    public required RouteRank Rank { get; init; }

    /// <summary>What is done with the requests.</summary>
    public required RoutePlan Plan { get; init; }

    /// <summary>The order in which routes of one host are tried: exact paths, then longer texts, patterns before prefixes of their length, then rank.</summary>
    public static int Compare(Route left, Route right)
    {
        var order = (left.Path.Kind == PathKind.Exact ? 0 : 1).CompareTo(right.Path.Kind == PathKind.Exact ? 0 : 1);
        order = order != 0 ? order : right.Path.Elements.Length.CompareTo(left.Path.Elements.Length);
        order = order != 0 ? order : (left.Path.Kind == PathKind.Prefix ? 1 : 0).CompareTo(right.Path.Kind == PathKind.Prefix ? 1 : 0);
        return order != 0 ? order : left.Rank.CompareTo(right.Rank);
    }

    public bool Accepts(HttpContext context) => Condition is null || Condition.Holds(context);
}

/// <summary>What a request must have beside its path.</summary>
internal interface IRouteCondition
{
    bool Holds(HttpContext context);
}
