using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Ingresses;

/// <summary>Takes some requests of a route: by header, else by cookie, else by chance.</summary>
internal sealed class CanaryCondition : IRouteCondition
{
    private string? _header;
    private string? _value;
    private Regex? _pattern;
    private string? _cookie;
    private int _weight;
    private int _total = 100;

    public static CanaryCondition Read(Annotations annotations)
    {
        var condition = new CanaryCondition
        {
            _header = annotations.Text("canary-by-header"),
            _value = annotations.Text("canary-by-header-value"),
            _cookie = annotations.Text("canary-by-cookie"),
            _weight = annotations.Number("canary-weight") ?? 0,
            _total = Math.Max(annotations.Number("canary-weight-total") ?? 100, 1),
        };
        if (condition._value is null && annotations.Text("canary-by-header-pattern") is { } pattern)
        {
            try
            {
                condition._pattern = PathMatch.Compile(pattern, RegexOptions.None);
            }
            catch (ArgumentException)
            {
                annotations.Refuse("canary-by-header-pattern", pattern, 0);
            }
        }

        return condition;
    }

    public bool Holds(HttpContext context)
    {
        if (_header is not null && context.Request.Headers.TryGetValue(_header, out var values))
        {
            var value = values.ToString();
            if (_value is not null || _pattern is not null)
            {
                if (_value is not null ? value == _value : _pattern!.IsMatch(value))
                {
                    return true;
                }
            }
            else if (value is "always" or "never")
            {
                return value == "always";
            }
        }

        return (_cookie is null ? null : context.Request.Cookies[_cookie]) switch
        {
            "always" => true,
            "never" => false,
            _ => Draws(),
        };
    }

#pragma warning disable CA5394 // Who sees a canary is no secret.
    private bool Draws() => _weight > 0 && Random.Shared.Next(_total) < _weight;
#pragma warning restore CA5394
}
