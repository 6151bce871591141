using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Naru.Access.Authentication;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>Believes bootstrap tokens (<c>id.secret</c>), which lie in secrets of kube-system: what a new node comes with.</summary>
internal sealed class BootstrapTokens(Lazy<IObjects> objects, AccessOptions options, TimeProvider time) : ITokenAuthenticator
{
    private const int IdLength = 6;
    private const int SecretLength = 16;
    private const string Group = "system:bootstrappers";
    private static readonly GroupResource Secrets = new("", "secrets");

    public ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        var meant = options.Meant(audiences);
        return ValueTask.FromResult(meant.IsEmpty || Authenticate(token) is not { } user ? null : new TokenIdentity(user, meant));
    }

    private UserInfo? Authenticate(string token)
    {
        if (token.Length != IdLength + 1 + SecretLength || token[IdLength] != '.' || !token.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '.'))
        {
            return null;
        }

        var (id, secret) = (token[..IdLength], token[(IdLength + 1)..]);
        if (objects.Value.Get(Secrets, "kube-system", $"bootstrap-token-{id}") is not { } stored
            || stored.Tree.Text("type") != "bootstrap.kubernetes.io/token"
            || stored.IsEnding)
        {
            return null;
        }

        var data = stored.Tree.Map("data") ?? new MapValue();
        var same = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Read(data, "token-secret")), Encoding.UTF8.GetBytes(secret));
        if (!same || Read(data, "token-id") != id || Read(data, "usage-bootstrap-authentication") != "true" || HasEnded(Read(data, "expiration")))
        {
            return null;
        }

        var more = Read(data, "auth-extra-groups").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return more.All(static group => group.StartsWith($"{Group}:", StringComparison.Ordinal))
            ? new UserInfo { Name = $"system:bootstrap:{id}", Groups = Groups.Authenticated([Group, .. more]) }
            : null;
    }

    private static string Read(MapValue data, string field)
    {
        var bytes = new byte[256];
        return data.Text(field) is { Length: <= 340 } text && Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    // An end that cannot be read has come.
    private bool HasEnded(string end) =>
        end.Length > 0 && (!DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) || moment <= time.GetUtcNow());
}
