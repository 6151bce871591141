using System.Collections.Immutable;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Small two-way conversions between JSON's collections and the engine's.</summary>
internal static class WireMaps
{
    public static ImmutableArray<string> List(string[]? values) => values is null ? [] : [.. values.Select(value => value ?? "")];

    public static ImmutableArray<string>? OptionalList(string[]? values) => values is null ? null : List(values);

    public static string[]? Array(ImmutableArray<string>? values) => values is { } list ? [.. list] : null;

    public static ImmutableSortedDictionary<string, string> Sorted(SortedDictionary<string, string>? values) =>
        values is null ? ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal) : values.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string>? OptionalSorted(SortedDictionary<string, string>? values) =>
        values is null ? null : Sorted(values);

    public static SortedDictionary<string, string> Map(IEnumerable<KeyValuePair<string, string>> values) =>
        new(new Dictionary<string, string>(values), StringComparer.Ordinal);

    /// <summary>Null when empty: for fields that are left out then.</summary>
    public static SortedDictionary<string, string>? MapOrNull(IReadOnlyDictionary<string, string>? values) =>
        values is null || values.Count == 0 ? null : Map(values);

    public static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>A port inside: <c>80</c>, <c>80/udp</c>; a range gives several.</summary>
    public static IEnumerable<Core.Networks.PortSpec> Ports(string text)
    {
        var slash = text.IndexOf('/');
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw DockerException.BadRequest($"invalid port specification: \"{text}\"");
        }
        var (first, last) = PortRange(slash < 0 ? text : text[..slash], $"invalid port specification: \"{text}\"");
        if (first == 0)
        {
            throw DockerException.BadRequest($"invalid port specification: \"{text}\"");
        }
        for (int port = first; port <= last; port++)
        {
            yield return new Core.Networks.PortSpec((ushort)port, protocol);
        }
    }

    /// <summary>One port or <c>first-last</c>; empty gives zero.</summary>
    public static (ushort First, ushort Last) PortRange(string text, string problem)
    {
        if (text.Length == 0)
        {
            return (0, 0);
        }
        var dash = text.IndexOf('-');
        var style = System.Globalization.NumberStyles.None;
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (!ushort.TryParse(dash < 0 ? text : text[..dash], style, culture, out var first) ||
            !ushort.TryParse(dash < 0 ? text : text[(dash + 1)..], style, culture, out var last) ||
            last < first)
        {
            throw DockerException.BadRequest(problem);
        }
        return (first, last);
    }
}
