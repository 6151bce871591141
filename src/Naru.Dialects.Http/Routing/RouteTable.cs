namespace Naru.Dialects.Http.Routing;

/// <summary>Routes by method and pattern, tried in the order in which they were added; safe to read from many threads once filled.</summary>
public sealed class RouteTable<THandler> where THandler : class
{
    private readonly Dictionary<string, List<Route>> _byHead = new(StringComparer.Ordinal);

    public void Add(string method, string pattern, THandler handler)
    {
        var route = new Route(method, new RoutePattern(pattern), handler);
        if (!_byHead.TryGetValue(route.Pattern.Head, out var routes))
        {
            _byHead.Add(route.Pattern.Head, routes = []);
        }
        routes.Add(route);
    }

    /// <summary>Finds the handler of a decoded path without its version prefix.</summary>
    public THandler? Find(string method, string path, out RouteValues values, out string? pattern)
    {
        values = default;
        pattern = null;
        var segments = path.Trim('/').Split('/');
        if (!_byHead.TryGetValue(segments[0], out var routes))
        {
            return null;
        }
        foreach (var route in routes)
        {
            if (string.Equals(route.Method, method, StringComparison.Ordinal) && route.Pattern.TryMatch(segments, out values))
            {
                pattern = route.Pattern.Text;
                return route.Handler;
            }
        }
        return null;
    }

    public IEnumerable<(string Method, string Pattern)> All =>
        _byHead.Values.SelectMany(routes => routes).Select(route => (route.Method, route.Pattern.Text));

    private sealed record Route(string Method, RoutePattern Pattern, THandler Handler);
}
