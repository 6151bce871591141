using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Listening;

/// <summary>The routes behind one port: those of Ingress, where it is a port of Ingress, and those of Gateways' listeners. The more specific host name decides between them.</summary>
internal sealed class PortRoutes(RouteTable? ingresses)
{
    /// <summary>Listeners on this port of each Gateway, the oldest Gateway first.</summary>
    public ImmutableArray<GatewayListeners> Gateways { get; set; } = [];

    /// <summary>Port of HTTPS that plain requests are sent to; 0 while there is none.</summary>
    public int SecurePort { get; set; }

    /// <summary>Finds the route of a request.</summary>
    /// <param name="context">Asked where routes have conditions; null: then it is <see cref="Route.Undecided"/>.</param>
    /// <param name="host">Without port.</param>
    /// <param name="path">Decoded.</param>
    public Route? Find(HttpContext? context, ReadOnlySpan<char> host, string path)
    {
        Route? found = null;
        var best = -1;
        foreach (var gateway in Gateways)
        {
            var one = gateway.Find(context, host, path, out var specificity);
            if (one == Route.Undecided)
            {
                return one;
            }

            if (one is not null && specificity > best)
            {
                found = one;
                best = specificity;
            }
        }

        if (ingresses is null)
        {
            return found;
        }

        var other = ingresses.Find(context, host, path, out var otherSpecificity);
        return found is null || other == Route.Undecided || (other is { IsFallback: false } && otherSpecificity > best) ? other : found;
    }
}

/// <summary>The listeners of one Gateway on a port, the most specific name first.</summary>
internal sealed record GatewayListeners(ImmutableArray<ListenerRoutes> Listeners)
{
    /// <summary>Only the most specific listener that takes the name is asked: listeners are apart from each other.</summary>
    public Route? Find(HttpContext? context, ReadOnlySpan<char> host, string path, out int specificity)
    {
        foreach (var listener in Listeners)
        {
            if (listener.Takes(host))
            {
                return listener.Routes.Find(context, host, path, out specificity);
            }
        }

        specificity = -1;
        return null;
    }
}

/// <summary>A listener's routes and the name that it takes; empty: every name.</summary>
internal sealed record ListenerRoutes(string Host, RouteTable Routes)
{
    /// <summary>How specific the name is.</summary>
    public int Specificity => Host.Length == 0 ? 0 : Host[0] == '*' ? Host.Length : RouteTable.ExactHost;

    public bool Takes(ReadOnlySpan<char> host) => Host.Length == 0
        || (Host.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > Host.Length - 1 && host.EndsWith(Host.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            : host.Equals(Host, StringComparison.OrdinalIgnoreCase));
}
