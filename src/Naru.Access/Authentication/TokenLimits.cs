namespace Naru.Access.Authentication;

/// <summary>What a stranger may send as a token.</summary>
internal static class TokenLimits
{
    /// <summary>Characters; identity tokens with many groups are a few kilobytes long.</summary>
    public const int Length = 64 * 1024;
}
