using System.Text.Json;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Finds an object's metadata in its bytes, so that it can be sent without reading the rest into a tree.</summary>
internal static class MetadataSlice
{
    private static readonly byte[] Empty = "{}"u8.ToArray();

    /// <summary>The bytes of the field <c>metadata</c>; an empty object if there is none.</summary>
    public static ReadOnlyMemory<byte> Find(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (wanted)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return Empty;
    }
}
