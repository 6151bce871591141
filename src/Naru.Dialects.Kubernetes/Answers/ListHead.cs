using System.Buffers;
using System.Text.Json;
using Naru.Objects.Api;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>What stands before the items of a list.</summary>
internal static class ListHead
{
    /// <summary>Kind, version and metadata up to the opening of the items.</summary>
    public static byte[] Json(string kind, string apiVersion, ApiList list, string itemsField)
    {
        var target = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        json.WriteString("kind"u8, kind);
        json.WriteString("apiVersion"u8, apiVersion);
        json.WritePropertyName("metadata"u8);
        WriteMetadata(json, list);
        json.WriteStartArray(itemsField);
        json.Flush();
        return target.WrittenSpan.ToArray();
    }

    /// <summary>The metadata of a list.</summary>
    public static void WriteMetadata(Utf8JsonWriter json, ApiList list)
    {
        json.WriteStartObject();
        if (list.Revision > 0)
        {
            json.WriteString("resourceVersion"u8, list.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (list.Continue.Length > 0)
        {
            json.WriteString("continue"u8, list.Continue);
            if (list.Remaining is { } remaining)
            {
                json.WriteNumber("remainingItemCount"u8, remaining);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The metadata as protobuf, as field 1 of a list.</summary>
    public static byte[] Protobuf(ApiList list)
    {
        var inner = new ArrayBufferWriter<byte>(64);
        ProtobufForm.WriteText(inner, 1, "");
        ProtobufForm.WriteText(inner, 2, list.Revision > 0 ? list.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
        ProtobufForm.WriteText(inner, 3, list.Continue);
        if (list.Continue.Length > 0 && list.Remaining is { } remaining)
        {
            ProtobufForm.WriteNumber(inner, 4, remaining);
        }

        var target = new ArrayBufferWriter<byte>(inner.WrittenCount + 8);
        ProtobufForm.WriteTag(target, 1, inner.WrittenCount);
        target.Write(inner.WrittenSpan);
        return target.WrittenSpan.ToArray();
    }
}
