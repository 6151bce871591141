using System.Text;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Headers that answers carry.</summary>
internal static class AnswerHeaders
{
    // All warnings of an answer together; clients refuse answers whose headers are too large.
    private const int MostBytes = 4 * 1024;

    /// <summary>The warnings, each as RFC 7234's <c>299 - "…"</c>; cut when they are too many.</summary>
    public static void AddWarnings(Exchange exchange)
    {
        var texts = exchange.Warnings.Texts;
        if (texts.Count == 0 || exchange.Http.Response.HasStarted)
        {
            return;
        }

        var values = new List<string>(texts.Count);
        var room = MostBytes;
        foreach (var text in texts)
        {
            var value = $"299 - \"{Escape(text, Math.Max(256, room))}\"";
            room -= value.Length;
            if (room < 0 && values.Count > 0)
            {
                break;
            }

            values.Add(value);
        }

        exchange.Http.Response.Headers["Warning"] = values.ToArray();
    }

    // Kestrel refuses control characters and, unless told otherwise, everything beyond ASCII.
    private static string Escape(string text, int most)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var one in text.Length > most ? text.AsSpan(0, most) : text)
        {
            if (one is '"' or '\\')
            {
                escaped.Append('\\').Append(one);
            }
            else
            {
                escaped.Append(one is < ' ' or > '~' ? (one == '\n' || one == '\t' ? ' ' : '?') : one);
            }
        }

        return escaped.ToString();
    }
}
