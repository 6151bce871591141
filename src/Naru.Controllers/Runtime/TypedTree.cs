using System.Text.Json;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>Trees of what the client's models serialise to. The models write every time with microseconds; objects have them in MicroTime fields alone.</summary>
internal static class TypedTree
{
    public static Value Read(string field, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ReadMap(element),
        JsonValueKind.Array => new ListValue(element.EnumerateArray().Select(item => Read(field, item))),
        JsonValueKind.String => ReadText(field, element.GetString()!),
        JsonValueKind.Number => element.TryGetInt64(out var number) ? new IntegerValue(number) : new DoubleValue(element.GetDouble()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => NullValue.Instance,
    };

    private static MapValue ReadMap(JsonElement element)
    {
        var map = new MapValue();
        foreach (var property in element.EnumerateObject())
        {
            map[property.Name] = Read(property.Name, property.Value);
        }

        return map;
    }

    private static string ReadText(string field, string text) =>
        text.Length == 27 && text[19] == '.' && text[26] == 'Z' && text[10] == 'T' && field is not ("renewTime" or "acquireTime" or "eventTime" or "lastObservedTime")
            && KubernetesTime.Parse(text) is { } time
            ? KubernetesTime.Format(time)
            : text;
}
