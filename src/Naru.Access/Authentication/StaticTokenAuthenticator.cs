using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>The administrator's fixed token, where there is one.</summary>
internal sealed class StaticTokenAuthenticator(AccessOptions options) : ITokenAuthenticator
{
    private readonly UserInfo _user = new() { Name = "system:admin", Groups = Groups.Authenticated(["system:masters"]) };

    public ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        var same = options.AdminToken is { Length: > 0 } own && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(own)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var meant = options.Meant(audiences);
        return ValueTask.FromResult(same && !meant.IsEmpty ? new TokenIdentity(_user, meant) : null);
    }
}
