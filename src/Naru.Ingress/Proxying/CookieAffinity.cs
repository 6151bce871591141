namespace Naru.Ingress.Proxying;

/// <summary>Requests of one client go to one endpoint, as long as it is there: a cookie says which.</summary>
internal sealed record CookieAffinity
{
    public string Name { get; init; } = "INGRESSCOOKIE";

    public string Path { get; init; } = "/";

    public string? Domain { get; init; }

    /// <summary>Null: until the browser closes.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>None, Lax or Strict; null: not said.</summary>
    public string? SameSite { get; init; }

    public bool Secure { get; init; }

    /// <summary>The value of a Set-Cookie header.</summary>
    public string Write(string mark, DateTimeOffset now)
    {
        var text = new System.Text.StringBuilder().Append(Name).Append('=').Append(mark).Append("; Path=").Append(Path);
        if (MaxAge is { } age)
        {
            text.Append("; Max-Age=").Append((long)age.TotalSeconds).Append("; Expires=").Append((now + age).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        }

        if (Domain is not null)
        {
            text.Append("; Domain=").Append(Domain);
        }

        text.Append(Secure ? "; Secure" : "").Append("; HttpOnly");
        return SameSite is null ? text.ToString() : text.Append("; SameSite=").Append(SameSite).ToString();
    }
}
