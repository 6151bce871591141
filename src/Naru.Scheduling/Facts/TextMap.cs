using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>Labels and the like.</summary>
internal static class TextMap
{
    public static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> Read(MapValue? map)
    {
        if (map is null || map.Count == 0)
        {
            return Empty;
        }

        var texts = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (name, value) in map.AsSpan())
        {
            texts[name] = value is TextValue text ? text.Text : "";
        }

        return texts;
    }

    public static bool Same<T>(IReadOnlyDictionary<string, T> one, IReadOnlyDictionary<string, T> other)
    {
        if (one.Count != other.Count)
        {
            return false;
        }

        foreach (var (name, value) in one)
        {
            if (!other.TryGetValue(name, out var there) || !EqualityComparer<T>.Default.Equals(value, there))
            {
                return false;
            }
        }

        return true;
    }
}
