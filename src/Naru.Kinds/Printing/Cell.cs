using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>Cells that many tables have.</summary>
internal static class Cell
{
    /// <summary>Shown where there is nothing.</summary>
    public const string None = "<none>";

    /// <summary>The object's name.</summary>
    public static Value Name(MapValue body) => body.At("metadata", "name") ?? "";

    /// <summary>Time since the object was made.</summary>
    public static Value Age(MapValue body, DateTimeOffset now) => HumanDuration.Since(body.Text("metadata", "creationTimestamp"), now);

    /// <summary>The text at a path, or a word for none.</summary>
    public static Value Text(MapValue body, string none, params ReadOnlySpan<string> path) => body.Text(path) is { Length: > 0 } text ? text : none;

    /// <summary>The whole number at a path, 0 if there is none.</summary>
    public static Value Number(MapValue body, params ReadOnlySpan<string> path) => body.Integer(path) ?? 0;

    /// <summary>The whole number at a path as text.</summary>
    public static string NumberText(MapValue body, params ReadOnlySpan<string> path) => (body.Integer(path) ?? 0).ToString(CultureInfo.InvariantCulture);

    /// <summary>Labels as <c>a=b,c=d</c>.</summary>
    public static string Labels(MapValue? labels) =>
        labels is null || labels.Count == 0 ? None : string.Join(',', labels.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}"));

    /// <summary>A selector as kubectl writes it: <c>a=b,c in (d,e),!f</c>.</summary>
    public static string Selector(MapValue? selector)
    {
        if (selector is null)
        {
            return None;
        }

        var terms = new List<(string Key, string Text)>();
        foreach (var (key, value) in (selector.Map("matchLabels") ?? []).AsSpan())
        {
            terms.Add((key, $"{key}={value}"));
        }

        foreach (var term in selector.Maps("matchExpressions"))
        {
            var key = term.Text("key") ?? "";
            terms.Add((key, Expression(key, term)));
        }

        return terms.Count == 0 ? None : string.Join(',', terms.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => one.Text));
    }

    /// <summary>Names and images of a pod template's containers.</summary>
    public static (string Names, string Images) Containers(MapValue? podSpec)
    {
        var containers = podSpec?.Maps("containers").ToList() ?? [];
        return (string.Join(',', containers.Select(static one => one.Text("name"))), string.Join(',', containers.Select(static one => one.Text("image"))));
    }

    private static string Expression(string key, MapValue term)
    {
        var values = string.Join(',', (term.List("values")?.Texts() ?? []).Order(StringComparer.Ordinal));
        return term.Text("operator") switch
        {
            "In" => $"{key} in ({values})",
            "NotIn" => $"{key} notin ({values})",
            "Exists" => key,
            _ => $"!{key}",
        };
    }
}
