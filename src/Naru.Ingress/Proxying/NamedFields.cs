using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Proxying;

/// <summary>Fields that an answer's <c>Connection</c> names are about its own hop and go no further (RFC 9110, 7.6.1).</summary>
internal static class NamedFields
{
    /// <summary>Whether a name of <c>Connection</c> says something of the connection itself, or of the framing, which the name does not undo.</summary>
    public static bool IsOption(ReadOnlySpan<char> name) => name.Length switch
    {
        0 => true,
        5 => name.Equals("close", StringComparison.OrdinalIgnoreCase),
        7 => name.Equals("upgrade", StringComparison.OrdinalIgnoreCase),
        10 => name.Equals("keep-alive", StringComparison.OrdinalIgnoreCase),
        14 => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase),
        17 => name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>Takes the named fields out.</summary>
    public static void Drop(IHeaderDictionary headers, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!IsOption(name))
            {
                headers.Remove(name);
            }
        }
    }
}
