namespace Naru.Access.Oidc;

/// <summary>An OpenID Connect issuer whose identity tokens are believed.</summary>
public sealed class OidcOptions
{
    /// <summary>The issuer's address; <c>iss</c> of its tokens. Its discovery document and keys are read from there.</summary>
    public required Uri Issuer { get; init; }

    /// <summary>For whom the tokens must be meant.</summary>
    public required string ClientId { get; init; }

    /// <summary>The claim that is the user's name.</summary>
    public string UserNameClaim { get; init; } = "sub";

    /// <summary>Put before user names; null for the issuer and <c>#</c> (none when the claim is <c>email</c>); <c>-</c> for nothing.</summary>
    public string? UserNamePrefix { get; init; }

    /// <summary>The claim that holds the user's groups; empty for none.</summary>
    public string GroupsClaim { get; init; } = "";

    /// <summary>Put before group names.</summary>
    public string GroupsPrefix { get; init; } = "";

    /// <summary>Claims that must have these values.</summary>
    public IReadOnlyDictionary<string, string> RequiredClaims { get; init; } = new Dictionary<string, string>();

    /// <summary>PEM file with the authorities that the issuer's own certificate may come from; null for the host's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Signing algorithms that are believed.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "ES256"];
}
