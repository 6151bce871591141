using System.Collections.Immutable;
using System.Globalization;
using Naru.Access.Authentication;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>Believes tokens of service accounts while the account, and what the token is bound to, exist with the same identity.</summary>
internal sealed class ServiceAccountTokens(SigningKeys keys, Lazy<IObjects> objects, AccessOptions options, TimeProvider time) : ITokenAuthenticator
{
    private const string ExtraPrefix = "authentication.kubernetes.io/";

    // What is being deleted may still finish.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken) =>
        ValueTask.FromResult(JsonWebToken.Parse(token) is { } parsed ? Authenticate(parsed, audiences) : null);

    private TokenIdentity? Authenticate(JsonWebToken token, IReadOnlyList<string> audiences)
    {
        if (token.Claims.Text("iss") != options.ServiceAccountIssuer || !keys.Verifies(token) || !token.IsCurrent(time.GetUtcNow()) || token.Claims.Map("kubernetes.io") is not { } claims)
        {
            return null;
        }

        var meant = token.Audiences.Intersect(audiences).ToImmutableArray();
        var (place, name, uid) = (claims.Text("namespace") ?? "", claims.Text("serviceaccount", "name") ?? "", claims.Text("serviceaccount", "uid") ?? "");
        if (meant.IsEmpty || token.Claims.Text("sub") != $"system:serviceaccount:{place}:{name}" || !Stands("serviceaccounts", place, name, uid))
        {
            return null;
        }

        var bound = IsBound(claims, "pod") ? Stands(claims, "pod", "pods", place)
            : IsBound(claims, "secret") ? Stands(claims, "secret", "secrets", place)
            : !IsBound(claims, "node") || Stands(claims, "node", "nodes", "");
        return bound ? new TokenIdentity(User(place, name, uid, Extra(token, claims)), meant) : null;
    }

    /// <summary>The user of a service account.</summary>
    internal static UserInfo User(string place, string name, string uid, ImmutableSortedDictionary<string, ImmutableArray<string>> extra) => new()
    {
        Name = $"system:serviceaccount:{place}:{name}",
        Uid = uid,
        Groups = Groups.Authenticated(["system:serviceaccounts", $"system:serviceaccounts:{place}"]),
        Extra = extra,
    };

    private static bool IsBound(MapValue claims, string what) => claims.Map(what) is not null;

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Extra(JsonWebToken token, MapValue claims)
    {
        var extra = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        if (token.Claims.Text("jti") is { Length: > 0 } identity)
        {
            extra[$"{ExtraPrefix}credential-id"] = [$"JTI={identity}"];
        }

        foreach (var what in (ReadOnlySpan<string>)["pod", "node"])
        {
            foreach (var part in (ReadOnlySpan<string>)["name", "uid"])
            {
                if (claims.Text(what, part) is { Length: > 0 } value)
                {
                    extra[$"{ExtraPrefix}{what}-{part}"] = [value];
                }
            }
        }

        return extra.ToImmutable();
    }

    private bool Stands(MapValue claims, string what, string resource, string place) => Stands(resource, place, claims.Text(what, "name") ?? "", claims.Text(what, "uid") ?? "");

    private bool Stands(string resource, string place, string name, string uid)
    {
        if (objects.Value.Get(new GroupResource("", resource), place, name) is not { } stored || stored.Uid != uid)
        {
            return false;
        }

        return stored.Tree.Text("metadata", "deletionTimestamp") is not { } deleted
            || !DateTimeOffset.TryParse(deleted, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            || time.GetUtcNow() <= end + Patience;
    }
}
