using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Ingress.Ingresses;

/// <summary>What annotations wish. The names are those of ingress-nginx, which people know, under its prefix or Naru's own; Naru's wins.</summary>
internal sealed class Annotations(MapValue? all)
{
    private const string Own = "ingress.naru.dev/";
    private const string Nginx = "nginx.ingress.kubernetes.io/";

    /// <summary>What could not be understood.</summary>
    public List<string> Problems { get; } = [];

    public string? Text(string name) => (all?.Text(Own + name) ?? all?.Text(Nginx + name))?.Trim() is { Length: > 0 } text ? text : null;

    public bool? Switch(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => Refuse<bool?>(name, other, null),
    };

    public int? Number(string name)
    {
        var text = Text(name);
        return text is null ? null : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Refuse<int?>(name, text, null);
    }

    /// <summary>Seconds, with or without a unit.</summary>
    public TimeSpan? Time(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        var digits = text.TrimEnd('s', 'm', 'h');
        var unit = text[digits.Length..] switch { "" or "s" => 1.0, "ms" => 0.001, "m" => 60, "h" => 3600, _ => 0 };
        return unit > 0 && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e7
            ? TimeSpan.FromSeconds(number * unit)
            : Refuse<TimeSpan?>(name, text, null);
    }

    /// <summary>Bytes, as nginx writes them: 8m, 64k, 1g.</summary>
    public long? Size(string name)
    {
        var text = Text(name)?.ToLowerInvariant();
        if (text is null)
        {
            return null;
        }

        var factor = text[^1] switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1 };
        return long.TryParse(factor == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue / factor
            ? number * factor
            : Refuse<long?>(name, text, null);
    }

    public IReadOnlyList<string> List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public T Refuse<T>(string name, string value, T otherwise)
    {
        Problems.Add($"{name}: \"{value}\" cannot be used");
        return otherwise;
    }
}
