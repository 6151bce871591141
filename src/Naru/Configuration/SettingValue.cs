using System.Globalization;
using System.Net;
using Naru.Core.Units;

namespace Naru.Configuration;

/// <summary>Reads the text of one value; each throws <see cref="FormatException"/> that names the rule.</summary>
internal static class SettingValue
{
    public static bool Switch(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw new FormatException($"\"{text}\" must be true or false"),
    };

    public static string AbsolutePath(string text) =>
        Path.IsPathFullyQualified(text)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))
            : throw new FormatException($"\"{text}\" must be an absolute path");

    public static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"\"{text}\" must be a number from {least} to {most}");

    public static ByteSize Size(string text) =>
        ByteSize.TryParse(text, out var size) && size.Bytes >= 0
            ? size
            : throw new FormatException($"\"{text}\" must be a size such as 512m or 20g");

    public static TEnum Choice<TEnum>(string text, IReadOnlyList<string> choices)
        where TEnum : struct, Enum =>
        choices.Contains(text) && Enum.TryParse<TEnum>(text, ignoreCase: true, out var value)
            ? value
            : throw new FormatException($"\"{text}\" must be one of {string.Join(", ", choices)}");

    /// <summary>Reads <c>90</c> (seconds), <c>500ms</c>, <c>15s</c>, <c>10m</c>, <c>24h</c>, <c>7d</c>.</summary>
    public static TimeSpan Duration(string text)
    {
        var unitLength = text.EndsWith("ms", StringComparison.Ordinal) ? 2 : text.Length > 0 && char.IsAsciiLetter(text[^1]) ? 1 : 0;
        var unit = text[^unitLength..];
        if (decimal.TryParse(text[..^unitLength], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1_000_000)
        {
            var seconds = unit switch
            {
                "ms" => number / 1000,
                "s" or "" => number,
                "m" => number * 60,
                "h" => number * 3600,
                "d" => number * 86400,
                _ => -1,
            };
            if (seconds >= 0)
            {
                return TimeSpan.FromSeconds((double)seconds);
            }
        }

        throw new FormatException($"\"{text}\" must be a time such as 500ms, 15s, 10m, 24h or 7d");
    }

    /// <summary>Reads <c>ADDRESS:PORT</c>; IPv6 in brackets. Port 0 only where any port will do.</summary>
    public static IPEndPoint EndPoint(string text, bool anyPort = false) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var endPoint) && (endPoint.Port > 0 || (anyPort && text.EndsWith(":0", StringComparison.Ordinal)))
            ? endPoint
            : throw new FormatException($"\"{text}\" must be an address and a port such as 127.0.0.1:2376");

    public static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"\"{text}\" must be an IP address");

    public static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) && IPAddress.Parse(text.Split('/')[0]).Equals(network.BaseAddress) ? network : throw new FormatException($"\"{text}\" must be a subnet such as 10.5.0.0/24, with no bits set after the prefix");

    /// <summary>Reads one range, or one of each family.</summary>
    public static IReadOnlyList<string> Ranges(IReadOnlyList<string> texts)
    {
        var ranges = texts.Select(Network).ToArray();
        return ranges.Length <= 1 || (ranges.Length == 2 && ranges[0].BaseAddress.AddressFamily != ranges[1].BaseAddress.AddressFamily)
            ? [.. ranges.Select(static range => range.ToString())]
            : throw new FormatException($"\"{string.Join(", ", texts)}\" must be one range, or one of each address family");
    }

    /// <summary>Reads a range of addresses, <c>FIRST-LAST</c> or one address.</summary>
    public static string AddressRange(string text)
    {
        if (text.Split('-') is not [var from, var to])
        {
            return text.Contains('/', StringComparison.Ordinal) ? Network(text).ToString() : Address(text).ToString();
        }

        var (first, last) = (Address(from), Address(to));
        return first.AddressFamily == last.AddressFamily && first.GetAddressBytes().AsSpan().SequenceCompareTo(last.GetAddressBytes()) <= 0
            ? $"{first}-{last}"
            : throw new FormatException($"\"{text}\" must be a range of addresses such as 192.0.2.10-192.0.2.20");
    }

    /// <summary>Reads <c>FIRST-LAST</c>.</summary>
    public static string PortRange(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2 && Number(parts[0], 1, 65535) <= Number(parts[1], 1, 65535)
            ? text
            : throw new FormatException($"\"{text}\" must be a range of ports such as 30000-32767");
    }

    /// <summary>Reads a DNS domain.</summary>
    public static string Domain(string text) =>
        text.Length is > 0 and < 200 && text.Split('.').All(static label => label.Length is > 0 and < 64 && label.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
            ? text
            : throw new FormatException($"\"{text}\" must be a DNS domain such as cluster.local");

    /// <summary>Reads <c>DOMAIN=ADDRESS</c> or <c>DOMAIN=ADDRESS:PORT</c>.</summary>
    public static string Route(string text)
    {
        var parts = text.Split('=', 2);
        return parts.Length == 2 && (IPAddress.TryParse(parts[1], out _) || EndPoint(parts[1]).Port > 0)
            ? $"{Domain(parts[0].ToLowerInvariant())}={parts[1]}"
            : throw new FormatException($"\"{text}\" must be a domain and a name server such as corp.example=10.0.0.53");
    }

    /// <summary>Reads <c>CIDR,SIZE</c>: a range and the prefix length of the subnets taken from it.</summary>
    public static string Pool(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var range = Network(parts[0]);
        var longest = range.BaseAddress.GetAddressBytes().Length * 8;
        return parts.Length == 2
            ? $"{range},{Number(parts[1], range.PrefixLength, longest)}"
            : throw new FormatException($"\"{text}\" must be a range and a prefix length such as 10.200.0.0/16,24");
    }

    public static string Matching(string text, string rule, Func<string, bool> holds) =>
        holds(text) ? text : throw new FormatException($"\"{text}\" must be {rule}");

    public static string Show(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    public static string Show(ByteSize size) => size.Bytes.ToString(CultureInfo.InvariantCulture);
}
