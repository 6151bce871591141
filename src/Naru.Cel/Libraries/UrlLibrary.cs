using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Addresses of the web: absolute ones, or paths from the root.</summary>
internal static class UrlLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add("url(string) url", static (arguments, cost) => Read(TextLibrary.Walk(arguments, cost)) is { } url ? url : new CelError($"URL parse error during conversion from string: parse \"{arguments[0]}\": invalid URI for request"));
        book.Add("isURL(string) bool", static (arguments, cost) => Read(TextLibrary.Walk(arguments, cost)) is not null);
        book.Add<Uri>("url.getScheme() string", static url => url.IsAbsoluteUri ? url.Scheme : "");
        book.Add<Uri>("url.getHost() string", static url => url.IsAbsoluteUri ? Host(url) + Port(url) : "");
        book.Add<Uri>("url.getHostname() string", static url => url.IsAbsoluteUri ? Host(url).Trim('[', ']') : "");
        book.Add<Uri>("url.getPort() string", static url => url.IsAbsoluteUri ? Port(url).TrimStart(':') : "");
        book.Add<Uri>("url.getEscapedPath() string", static url => Path(url));
        book.Add("url.getQuery() map(string,list(string))", static (arguments, cost) => Query((Uri)arguments[0], cost));
    }

    private static Uri? Read(string text)
    {
        if (text.Length == 0 || text.Any(static one => one is ' ' or < ' ' or '\u007f'))
        {
            return null;
        }

        if (text[0] == '/')
        {
            return Uri.TryCreate(text, UriKind.Relative, out var path) ? path : null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.AsSpan(colon).StartsWith(":/") && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;
    }

    private static string Host(Uri url) => Authority(url) is var authority && authority.StartsWith('[') ? authority[..(authority.IndexOf(']') + 1)] : authority.Split(':')[0];

    // As it was written: a port that is the scheme's own counts too.
    private static string Port(Uri url)
    {
        var authority = Authority(url);
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') && colon >= 0 ? authority[colon..] : "";
    }

    private static string Authority(Uri url)
    {
        var text = url.OriginalString;
        var start = text.IndexOf("//", StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        var rest = text[(start + 2)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = end < 0 ? rest : rest[..end];
        return authority[(authority.LastIndexOf('@') + 1)..];
    }

    private static string Path(Uri url)
    {
        var text = url.OriginalString;
        if (url.IsAbsoluteUri)
        {
            var start = text.IndexOf("//", StringComparison.Ordinal);
            var slash = start < 0 ? text.IndexOf('/', StringComparison.Ordinal) : text.IndexOf('/', start + 2);
            if (slash < 0)
            {
                return "";
            }

            text = text[slash..];
        }

        var end = text.IndexOfAny(['?', '#']);
        return Uri.EscapeDataString(Uri.UnescapeDataString(end < 0 ? text : text[..end])).Replace("%2F", "/", StringComparison.Ordinal);
    }

    private static MadeMap Query(Uri url, CostMeter cost)
    {
        var text = url.OriginalString;
        var start = text.IndexOf('?', StringComparison.Ordinal);
        var query = start < 0 ? "" : text[(start + 1)..].Split('#')[0];
        cost.ChargeWalk(query.Length);
        var values = query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .GroupBy(static pair => Plain(pair[0]), static pair => (object)Plain(pair.Length > 1 ? pair[1] : ""));
        var map = new MadeMap();
        foreach (var group in values)
        {
            map.Add(group.Key, new MadeList([.. group]));
        }

        return map;
    }

    private static string Plain(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
