using System.Net.Http.Headers;

namespace Naru.Images.Registries;

/// <summary>What a registry wants to see (RFC 9110, "WWW-Authenticate"; the distribution project's token specification).</summary>
internal sealed record AuthChallenge(bool IsBearer, string Realm, string Service)
{
    /// <summary>The challenge to answer: a token before a password; null if neither is offered.</summary>
    internal static AuthChallenge? From(HttpResponseHeaders headers)
    {
        AuthChallenge? basic = null;
        foreach (var value in headers.WwwAuthenticate)
        {
            var parameters = Parse(value.Parameter ?? "");
            if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && parameters.TryGetValue("realm", out var realm))
            {
                return new(true, realm, parameters.GetValueOrDefault("service", ""));
            }

            if (value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            {
                basic = new(false, parameters.GetValueOrDefault("realm", ""), "");
            }
        }

        return basic;
    }

    /// <summary>key="value", key=value; quoted values may hold commas and backslashes.</summary>
    private static Dictionary<string, string> Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = text.AsSpan();
        while (rest.IndexOf('=') is var equals and > 0)
        {
            var key = rest[..equals].Trim([' ', ',']).ToString();
            rest = rest[(equals + 1)..].TrimStart();
            if (rest is ['"', ..])
            {
                var end = 1;
                while (end < rest.Length && rest[end] != '"')
                {
                    end += rest[end] == '\\' ? 2 : 1;
                }

                end = Math.Min(end, rest.Length);
                parameters[key] = rest[1..end].ToString().Replace("\\", "", StringComparison.Ordinal);
                rest = rest[Math.Min(end + 1, rest.Length)..];
            }
            else
            {
                var end = rest.IndexOf(',') is var comma and >= 0 ? comma : rest.Length;
                parameters[key] = rest[..end].Trim().ToString();
                rest = rest[end..];
            }
        }

        return parameters;
    }
}
