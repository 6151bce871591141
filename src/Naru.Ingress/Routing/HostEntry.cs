using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Routing;

/// <summary>The routes of one host name, laid out for looking up: exact paths and prefixes in dictionaries, one step for each element of the path. Never changes.</summary>
internal sealed class HostEntry
{
    private readonly Dictionary<string, Route[]>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly Dictionary<string, Route[]>.AlternateLookup<ReadOnlySpan<char>> _prefixes;
    private readonly Route[] _ordered;
    private readonly Route[] _fallbacks;
    // Given on where no condition looks at it.
    private static readonly HttpContext Unasked = new DefaultHttpContext();

    private readonly bool _hasConditions;
    private readonly bool _hasExact;
    private readonly bool _onlyRoot;
    private readonly Route[] _root;

    public HostEntry(IEnumerable<Route> routes)
    {
        var all = routes.ToList();
        all.Sort(Route.Compare);
        _hasConditions = all.Exists(static route => route.Condition is not null);
        _fallbacks = [.. all.Where(static route => route.IsFallback)];
        var plain = all.Where(static route => !route.IsFallback).ToList();
        _exact = Group(plain.Where(static route => route.Path.Kind == PathKind.Exact));
        var others = plain.Where(static route => route.Path.Kind != PathKind.Exact).ToList();

        // Where patterns are about, the longest text cannot be found by cutting the path: all are tried in order.
        var mixed = others.Exists(static route => route.Path.Kind == PathKind.Regex);
        _ordered = mixed ? [.. others] : [];
        _prefixes = Group(mixed ? [] : others);
        _hasExact = _exact.Dictionary.Count > 0;
        _root = _prefixes.Dictionary.GetValueOrDefault("", []);
        _onlyRoot = !_hasExact && !mixed && _prefixes.Dictionary.Count == 1 && _root.Length > 0;
        Count = all.Count;
    }

    /// <summary>How many routes it has.</summary>
    public int Count { get; }

    /// <summary>The route that takes the request; null if none does.</summary>
    public Route? Find(HttpContext? context, string path)
    {
        if (context is null)
        {
            return _hasConditions ? Route.Undecided : Find(Unasked, path);
        }

        if (_onlyRoot)
        {
            return First(_root, context) ?? FirstTaking(_fallbacks, context, path);
        }

        if (_hasExact && _exact.TryGetValue(path, out var exact) && First(exact, context) is { } found)
        {
            return found;
        }

        return (_ordered.Length > 0 ? FirstTaking(_ordered, context, path) : ByElements(context, path)) ?? FirstTaking(_fallbacks, context, path);
    }

    /// <summary>The route that takes what nothing else took; null if there is none.</summary>
    public Route? FindFallback(HttpContext? context, string path) => context is null && _hasConditions ? Route.Undecided : FirstTaking(_fallbacks, context ?? Unasked, path);

    private Route? ByElements(HttpContext context, string path)
    {
        if (_prefixes.Dictionary.Count == 0)
        {
            return null;
        }

        var rest = path.AsSpan();
        while (true)
        {
            if (_prefixes.TryGetValue(rest, out var routes) && First(routes, context) is { } found)
            {
                return found;
            }

            if (rest.IsEmpty)
            {
                return null;
            }

            rest = rest[..Math.Max(rest.LastIndexOf('/'), 0)];
        }
    }

    private static Route? First(Route[] routes, HttpContext context)
    {
        foreach (var route in routes)
        {
            if (route.Accepts(context))
            {
                return route;
            }
        }

        return null;
    }

    private static Route? FirstTaking(Route[] routes, HttpContext context, string path)
    {
        foreach (var route in routes)
        {
            if (route.Path.Takes(path) && route.Accepts(context))
            {
                return route;
            }
        }

        return null;
    }

    private static Dictionary<string, Route[]>.AlternateLookup<ReadOnlySpan<char>> Group(IEnumerable<Route> routes) =>
        routes.GroupBy(static route => route.Path.Elements)
            .ToDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
}
