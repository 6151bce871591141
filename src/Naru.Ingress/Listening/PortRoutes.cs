using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Listening;

/// <summary>The routes behind one port: those of Ingress, where it is a port of Ingress, and those of Gateways' listeners. The more specific host name decides between them.</summary>
internal sealed class PortRoutes(RouteTable? ingresses)
{
    /// <summary>The listeners of Gateways on this port, the most specific host name first.</summary>
    public ImmutableArray<ListenerRoutes> Listeners { get; set; } = [];

    /// <summary>Port of HTTPS that plain requests are sent to; 0 while there is none.</summary>
    public int SecurePort { get; set; }

    public Route? Find(HttpContext context, ReadOnlySpan<char> host, string path)
    {
        Route? found = null;
        var specificity = -1;
        foreach (var listener in Listeners)
        {
            // Only the most specific listener that takes the name is asked: listeners are apart from each other.
            if (listener.Takes(host))
            {
                found = listener.Routes.Find(context, host, path, out specificity);
                break;
            }
        }

        if (ingresses is null)
        {
            return found;
        }

        var other = ingresses.Find(context, host, path, out var otherSpecificity);
        return found is null || (other is { IsFallback: false } && otherSpecificity > specificity) ? other : found;
    }
}

/// <summary>A listener's routes and the name that it takes; empty: every name.</summary>
internal sealed record ListenerRoutes(string Host, RouteTable Routes)
{
    public bool Takes(ReadOnlySpan<char> host) => Host.Length == 0
        || (Host.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > Host.Length - 1 && host.EndsWith(Host.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            : host.Equals(Host, StringComparison.OrdinalIgnoreCase));
}
