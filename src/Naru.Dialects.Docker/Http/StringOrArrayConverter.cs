using System.Text.Json;
using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Http;

/// <summary>A list of strings that old clients write as one string: <c>"Cmd": "true"</c>.</summary>
internal sealed class StringOrArrayConverter : JsonConverter<string[]?>
{
    public override string[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"cannot unmarshal {GoJson.KindOf(reader.TokenType)} into Go value of type []string");
        }
        var items = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                throw new JsonException($"cannot unmarshal {GoJson.KindOf(reader.TokenType)} into Go value of type string");
            }
            items.Add(reader.GetString() ?? "");
        }
        return [.. items];
    }

    public override void Write(Utf8JsonWriter writer, string[]? value, JsonSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartArray();
        foreach (var item in value)
        {
            writer.WriteStringValue(item);
        }
        writer.WriteEndArray();
    }
}
