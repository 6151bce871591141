using System.Buffers;
using System.Text.Json;
using Naru.Objects.Values;

namespace Naru.Testing.Objects;

/// <summary>JSON of trees for tests that are not about JSON.</summary>
public static class TreeJson
{
    public static byte[] Write(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A tree from JSON; comments and trailing commas are allowed.</summary>
    public static MapValue Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return (MapValue)Read(document.RootElement);
    }

    private static Value Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ReadMap(element),
        JsonValueKind.Array => new ListValue(element.EnumerateArray().Select(Read)),
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number => element.TryGetInt64(out var number) ? new IntegerValue(number) : new DoubleValue(element.GetDouble()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => NullValue.Instance,
    };

    private static MapValue ReadMap(JsonElement element)
    {
        var map = new MapValue();
        foreach (var field in element.EnumerateObject())
        {
            map[field.Name] = Read(field.Value);
        }

        return map;
    }

    private static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value)
        {
            case MapValue map:
                writer.WriteStartObject();
                foreach (var (name, field) in map)
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            case ListValue list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case TextValue text:
                writer.WriteStringValue(text.Text);
                break;
            case IntegerValue number:
                writer.WriteNumberValue(number.Number);
                break;
            case DoubleValue number:
                writer.WriteNumberValue(number.Number);
                break;
            case BooleanValue truth:
                writer.WriteBooleanValue(truth.Truth);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
