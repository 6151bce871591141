using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Naru.Objects.Names;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Named forms of text. Names that are not known promise nothing.</summary>
internal static class StringFormats
{
    private static readonly Dictionary<string, Func<string, bool>> Known = new(StringComparer.Ordinal)
    {
        ["ipv4"] = static text => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && text.Split('.') is { Length: 4 } parts && parts.All(static part => part.Length == 1 || part[0] != '0'),
        ["ipv6"] = static text => text.Contains(':', StringComparison.Ordinal) && !text.Contains('%', StringComparison.Ordinal) && !text.StartsWith('[') && IPAddress.TryParse(text, out _),
        ["cidr"] = IsCidr,
        ["mac"] = static text => Matches(text, "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$") || Matches(text, "^([0-9A-Fa-f]{4}[.]){2}[0-9A-Fa-f]{4}$"),
        ["uri"] = static text => Uri.TryCreate(text, UriKind.Absolute, out _) || (text.StartsWith('/') && Uri.TryCreate(text, UriKind.Relative, out _)),
        ["email"] = static text => System.Net.Mail.MailAddress.TryCreate(text, out _),
        ["hostname"] = static text => text.Length is > 0 and <= 255 && text.Split('.').All(static part => Matches(part, "^[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$")),
        ["uuid"] = static text => IsUuid(text, null),
        ["uuid3"] = static text => IsUuid(text, '3'),
        ["uuid4"] = static text => IsUuid(text, '4'),
        ["uuid5"] = static text => IsUuid(text, '5'),
        ["bsonobjectid"] = static text => Matches(text, "^[0-9a-fA-F]{24}$"),
        ["hexcolor"] = static text => Matches(text, "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
        ["rgbcolor"] = static text => Matches(text, "^rgb\\( *(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]) *(, *(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]) *){2}\\)$"),
        ["byte"] = static text => Convert.TryFromBase64String(text, new byte[(text.Length / 4 * 3) + 3], out _),
        ["date"] = static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["date-time"] = IsDateTime,
        ["datetime"] = IsDateTime,
        ["duration"] = static text => Matches(text, "^-?([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w| *(nanos|nano|micros|micro|millis|milli|seconds|second|sec|s|minutes|minute|min|hours|hour|hr|days|day|weeks|week|wk)s?)(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))*$") || text == "0",
        ["isbn10"] = static text => IsIsbn10(Digits(text)),
        ["isbn13"] = static text => IsIsbn13(Digits(text)),
        ["isbn"] = static text => IsIsbn10(Digits(text)) || IsIsbn13(Digits(text)),
        ["creditcard"] = static text => Digits(text) is { Length: >= 12 and <= 19 } digits && digits.All(char.IsAsciiDigit) && IsLuhn(digits),
        ["ssn"] = static text => Matches(text, "^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$"),
        ["k8s-short-name"] = static text => NameRules.DnsLabel(text).IsEmpty,
        ["k8s-long-name"] = static text => NameRules.DnsSubdomain(text).IsEmpty,
    };

    /// <summary>Whether text has the form; true for forms that are not known.</summary>
    public static bool Fits(string format, string text) => !Known.TryGetValue(format, out var fits) || fits(text);

    private static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) && !text.EndsWith('\n');

    private static bool IsUuid(string text, char? version)
    {
        var plain = text.Replace("-", "", StringComparison.Ordinal);
        return plain.Length == 32 && plain.All(char.IsAsciiHexDigit) && (version is null || plain[12] == version)
            && (version is not ('4' or '5') || "89abAB".Contains(plain[16], StringComparison.Ordinal));
    }

    private static bool IsCidr(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && IPAddress.TryParse(parts[0], out var address) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || parts[0].Count(static one => one == '.') == 3);
    }

    private static bool IsDateTime(string text) => text.Length >= 20 && text[10] is 'T' or 't'
        && Matches(text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$")
        && DateTimeOffset.TryParse(text[..19], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static string Digits(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private static bool IsIsbn10(string text) => text.Length == 10 && text[..9].All(char.IsAsciiDigit) && (char.IsAsciiDigit(text[9]) || text[9] == 'X')
        && Enumerable.Range(0, 10).Sum(place => (10 - place) * (text[place] == 'X' ? 10 : text[place] - '0')) % 11 == 0;

    private static bool IsIsbn13(string text) => text.Length == 13 && text.All(char.IsAsciiDigit)
        && Enumerable.Range(0, 13).Sum(place => (place % 2 == 0 ? 1 : 3) * (text[place] - '0')) % 10 == 0;

    private static bool IsLuhn(string digits)
    {
        var sum = 0;
        for (var place = 0; place < digits.Length; place++)
        {
            var digit = digits[digits.Length - 1 - place] - '0';
            sum += place % 2 == 0 ? digit : digit > 4 ? (2 * digit) - 9 : 2 * digit;
        }

        return sum % 10 == 0;
    }
}
