using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Routing;

/// <summary>
/// Routes by host. One thread writes, by source: only the hosts that a source had or has are laid out anew, so the work is in proportion to the change. Readers never
/// wait and see, for each host, the state before or after a change, nothing between.
/// </summary>
/// <param name="deepWildcards"><c>*.example.com</c> takes names of any depth, as the Gateway API wants; otherwise one label, as Ingress does.</param>
/// <param name="fallsThrough">A host whose routes do not take the request leaves it to the next less specific name; otherwise to fallbacks alone.</param>
internal sealed class RouteTable(bool deepWildcards, bool fallsThrough)
{
    /// <summary>More than any host name is long: an exact name is more specific than any wildcard.</summary>
    public const int ExactHost = 1024;

    private readonly ConcurrentDictionary<string, HostEntry> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dictionary<SourceKey, List<Route>>> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SourceKey, List<HostRoute>> _sources = [];

    /// <summary>The sources that have routes here. For the writer.</summary>
    public IReadOnlyCollection<SourceKey> Sources => _sources.Keys;

    /// <summary>How many hosts were laid out anew since the start.</summary>
    public long Layouts { get; private set; }

    /// <summary>Replaces the routes of a source; none takes it out.</summary>
    public void Set(SourceKey source, IReadOnlyList<HostRoute> routes)
    {
        var dirty = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (host, _) in _sources.GetValueOrDefault(source, []))
        {
            dirty.Add(host);
            _parts.GetValueOrDefault(host)?.Remove(source);
        }

        foreach (var (host, route) in routes)
        {
            dirty.Add(host);
            var parts = _parts.TryGetValue(host, out var there) ? there : _parts[host] = [];
            (parts.TryGetValue(source, out var list) ? list : parts[source] = []).Add(route);
        }

        if (routes.Count == 0)
        {
            _sources.Remove(source);
        }
        else
        {
            _sources[source] = [.. routes];
        }

        foreach (var host in dirty)
        {
            LayOut(host);
        }
    }

    /// <summary>Finds the route of a request and says how specific the host name was that led to it.</summary>
    /// <param name="context">Asked where routes have conditions; null: then it is <see cref="Route.Undecided"/>.</param>
    /// <param name="host">Without port.</param>
    /// <param name="path">Decoded.</param>
    /// <param name="specificity">The larger, the more specific.</param>
    public Route? Find(HttpContext? context, ReadOnlySpan<char> host, string path, out int specificity)
    {
        specificity = ExactHost;
        var hosts = _hosts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!host.IsEmpty && hosts.TryGetValue(host, out var entry))
        {
            if (entry.Find(context, path) is { } found)
            {
                return found;
            }

            if (!fallsThrough)
            {
                return FindFallback(context, path, out specificity);
            }
        }

        return FindByWildcard(context, host, path, hosts, ref specificity);
    }

    private Route? FindByWildcard(HttpContext? context, ReadOnlySpan<char> host, string path, ConcurrentDictionary<string, HostEntry>.AlternateLookup<ReadOnlySpan<char>> hosts, ref int specificity)
    {
        Span<char> name = stackalloc char[257];
        for (var dot = host.IndexOf('.'); dot > 0 && host.Length - dot < 256; dot = NextDot(host, dot))
        {
            name[0] = '*';
            host[dot..].CopyTo(name[1..]);
            if (hosts.TryGetValue(name[..(host.Length - dot + 1)], out var entry))
            {
                specificity = host.Length - dot + 1;
                if (entry.Find(context, path) is { } found)
                {
                    return found;
                }

                if (!fallsThrough)
                {
                    return FindFallback(context, path, out specificity);
                }
            }

            if (!deepWildcards)
            {
                break;
            }
        }

        specificity = 0;
        return hosts.TryGetValue("", out var any) ? any.Find(context, path) : null;
    }

    /// <summary>What takes requests of every host that nothing else took.</summary>
    private Route? FindFallback(HttpContext? context, string path, out int specificity)
    {
        specificity = 0;
        return _hosts.TryGetValue("", out var any) && any.FindFallback(context, path) is { } found ? found : null;
    }

    private static int NextDot(ReadOnlySpan<char> host, int dot)
    {
        var next = host[(dot + 1)..].IndexOf('.');
        return next < 0 ? -1 : dot + 1 + next;
    }

    private void LayOut(string host)
    {
        Layouts++;
        var parts = _parts.GetValueOrDefault(host);
        if (parts is null || parts.Count == 0)
        {
            _parts.Remove(host);
            _hosts.TryRemove(host, out _);
            return;
        }

        _hosts[host] = new HostEntry(parts.Values.SelectMany(static routes => routes));
    }
}
