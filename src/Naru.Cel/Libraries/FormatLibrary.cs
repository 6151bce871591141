using System.Globalization;
using Naru.Cel.Functions;
using Naru.Cel.Runtime;
using Naru.Objects.Names;

namespace Naru.Cel.Libraries;

/// <summary>A named rule for text.</summary>
internal sealed record NamedFormat(string Name, Func<string, IEnumerable<string>> Check);

/// <summary>Rules for names and other text: <c>format.dns1123Label().validate(x)</c>.</summary>
internal static class FormatLibrary
{
    private static readonly Dictionary<string, NamedFormat> Formats = new NamedFormat[]
    {
        new("dns1123Label", static text => NameRules.DnsLabel(text)),
        new("dns1123Subdomain", static text => NameRules.DnsSubdomain(text)),
        new("dns1035Label", static text => NameRules.Dns1035Label(text)),
        new("qualifiedName", static text => NameRules.QualifiedName(text)),
        new("dns1123LabelPrefix", static text => NameRules.DnsLabel(Prefix(text))),
        new("dns1123SubdomainPrefix", static text => NameRules.DnsSubdomain(Prefix(text))),
        new("dns1035LabelPrefix", static text => NameRules.Dns1035Label(Prefix(text))),
        new("labelValue", static text => NameRules.LabelValue(text)),
        new("uri", static text => Uri.TryCreate(text, UriKind.Absolute, out _) || text.StartsWith('/') ? [] : ["invalid URI"]),
        new("uuid", static text => text.Length == 36 && Guid.TryParseExact(text, "D", out _) ? [] : ["does not match the UUID format"]),
        new("byte", static text => text.Length % 4 == 0 && Convert.TryFromBase64String(text, new byte[(text.Length * 3 / 4) + 3], out _) ? [] : ["invalid base64"]),
        new("date", static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : ["invalid date"]),
        new("datetime", static text => text.Length > 10 && TimeText.Timestamp(text) is not null ? [] : ["invalid datetime"]),
    }.ToDictionary(static format => format.Name);

    public static void AddTo(FunctionBook book)
    {
        foreach (var format in Formats.Values)
        {
            book.Add($"format:{format.Name}() format", (_, _) => format);
        }

        book.Add<string>("format:named(string) optional(format)", static name => Formats.TryGetValue(name, out var format) ? new CelOptional(format) : CelOptional.None);
        book.Add("format.validate(string) optional(list(string))", static (arguments, cost) =>
        {
            cost.ChargeWalk(((string)arguments[1]).Length);
            object[] broken = [.. ((NamedFormat)arguments[0]).Check((string)arguments[1])];
            return broken.Length == 0 ? CelOptional.None : new CelOptional(new MadeList(broken));
        });
    }

    private static string Prefix(string text) => text.EndsWith('-') ? text[..^1] + "a" : text;
}
