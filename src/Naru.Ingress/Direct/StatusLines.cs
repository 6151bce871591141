using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Naru.Ingress.Direct;

/// <summary>The first lines of answers, made once each.</summary>
internal static class StatusLines
{
    private static readonly byte[]?[] All = new byte[1000][];

    /// <param name="code">100 to 999.</param>
    public static ReadOnlySpan<byte> Of(int code) => All[code] ??= Encoding.ASCII.GetBytes($"HTTP/1.1 {code} {ReasonPhrases.GetReasonPhrase(code)}\r\n");
}
