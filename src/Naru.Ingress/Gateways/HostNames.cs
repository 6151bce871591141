namespace Naru.Ingress.Gateways;

/// <summary>Laws of host names with wildcards.</summary>
internal static class HostNames
{
    /// <summary>The names that a listener and a route have in common: empty (one of it) stands for every name; no element: they have none in common.</summary>
    public static IReadOnlyList<string> Intersect(string listener, IReadOnlyList<string> route)
    {
        if (route.Count == 0)
        {
            return [listener];
        }

        if (listener.Length == 0)
        {
            return route;
        }

        return [.. route.Select(one => Common(listener, one)).OfType<string>().Distinct()];
    }

    private static string? Common(string left, string right)
    {
        if (string.Equals(left, right, StringComparison.OrdinalIgnoreCase))
        {
            return right;
        }

        if (Covers(left, right))
        {
            return right;
        }

        return Covers(right, left) ? left : null;
    }

    /// <summary>Whether a wildcard takes every name that the other takes.</summary>
    private static bool Covers(string wildcard, string name) => wildcard.StartsWith("*.", StringComparison.Ordinal)
        && name.Length > wildcard.Length - 1
        && name.EndsWith(wildcard[1..], StringComparison.OrdinalIgnoreCase);
}
