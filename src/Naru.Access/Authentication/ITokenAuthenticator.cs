using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>One way to believe a bearer token.</summary>
internal interface ITokenAuthenticator
{
    /// <summary>Whom the token stands for; null if this way does not know it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="audiences">For one of whom it must be meant; never empty.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken);
}
