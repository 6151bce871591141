using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Gates;

/// <summary>Answers the questions that browsers ask before requests to another origin, and marks answers.</summary>
internal sealed record CorsGate : IGate
{
    /// <summary>Origins; <c>*</c> for all; <c>https://*.example.com</c> for the names below one.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    public required string Methods { get; init; }

    public required string Headers { get; init; }

    public string? ExposedHeaders { get; init; }

    public bool Credentials { get; init; } = true;

    public string MaxAge { get; init; } = "1728000";

    public ValueTask<bool> PassAsync(Exchange exchange)
    {
        var request = exchange.Http.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || Allowed(origin) is not { } allowed)
        {
            return ValueTask.FromResult(true);
        }

        var marks = exchange.AnswerHeaders ??= [];
        marks.Add(new("Access-Control-Allow-Origin", allowed));
        if (allowed != "*")
        {
            marks.Add(new("Vary", "Origin"));
        }

        if (Credentials)
        {
            marks.Add(new("Access-Control-Allow-Credentials", "true"));
        }

        if (ExposedHeaders is not null)
        {
            marks.Add(new("Access-Control-Expose-Headers", ExposedHeaders));
        }

        if (!HttpMethods.IsOptions(request.Method))
        {
            return ValueTask.FromResult(true);
        }

        marks.Add(new("Access-Control-Allow-Methods", Methods));
        marks.Add(new("Access-Control-Allow-Headers", Headers));
        marks.Add(new("Access-Control-Max-Age", MaxAge));
        exchange.EditAnswer(exchange.Http.Response.Headers);
        exchange.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return ValueTask.FromResult(false);
    }

    private string? Allowed(string origin)
    {
        foreach (var one in Origins)
        {
            if (one == "*")
            {
                // Browsers refuse the star together with credentials.
                return Credentials ? origin : "*";
            }

            if (string.Equals(one, origin, StringComparison.OrdinalIgnoreCase) || IsBelow(one, origin))
            {
                return origin;
            }
        }

        return null;
    }

    private static bool IsBelow(string pattern, string origin)
    {
        var star = pattern.IndexOf("*.", StringComparison.Ordinal);
        return star >= 0 && origin.Length > pattern.Length - 1
            && origin.StartsWith(pattern.AsSpan(0, star), StringComparison.OrdinalIgnoreCase)
            && origin.EndsWith(pattern.AsSpan(star + 1), StringComparison.OrdinalIgnoreCase);
    }
}
