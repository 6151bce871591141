using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Routing;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Method, headers and query that a request must have.</summary>
internal sealed class RequestCondition : IRouteCondition
{
    private string? _method;
    private (string Name, ValueMatch Match)[] _headers = [];
    private (string Name, ValueMatch Match)[] _parameters = [];

    /// <summary>Reads a match; null if it asks for nothing.</summary>
    /// <exception cref="ArgumentException">A pattern is none.</exception>
    public static RequestCondition? Read(MapValue match)
    {
        var condition = new RequestCondition
        {
            _method = (match["method"] as TextValue)?.Text,
            _headers = [.. Named(match, "headers")],
            _parameters = [.. Named(match, "queryParams")],
        };
        return condition._method is null && condition._headers.Length == 0 && condition._parameters.Length == 0 ? null : condition;
    }

    public bool Holds(HttpContext context)
    {
        var request = context.Request;
        if (_method is not null && request.Method != _method)
        {
            return false;
        }

        foreach (var (name, match) in _headers)
        {
            if (!request.Headers.TryGetValue(name, out var values) || !match.Holds(string.Join(',', values.ToArray())))
            {
                return false;
            }
        }

        foreach (var (name, match) in _parameters)
        {
            if (!request.Query.TryGetValue(name, out var values) || !match.Holds(values[0] ?? ""))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<(string, ValueMatch)> Named(MapValue match, string field) =>
        match.Maps(field).DistinctBy(static one => one.Text("name"), StringComparer.OrdinalIgnoreCase).Select(static one => (one.Text("name") ?? "", ValueMatch.Read(one)));

    private sealed record ValueMatch(string Value, Regex? Pattern)
    {
        public static ValueMatch Read(MapValue one)
        {
            var value = one.Text("value") ?? "";
            return new(value, one.Text("type") == "RegularExpression" ? PathMatch.Compile($"^(?:{value})$", RegexOptions.None) : null);
        }

        public bool Holds(string text) => Pattern is null ? text == Value : Pattern.IsMatch(text);
    }
}
