using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Kinds;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Objects as rows and columns.</summary>
internal static class TablePayload
{
    /// <summary>The table of a list (or of one object). Without <paramref name="columns"/> it has no heading: later events of a watch.</summary>
    public static ReadOnlyMemory<byte> Write(ApiList list, ITablePrinter printer, DateTimeOffset now, TableObject show, string version, bool columns = true)
    {
        var target = new ArrayBufferWriter<byte>(512 + (list.Items.Count * 1024));
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("kind"u8, "Table");
        json.WriteString("apiVersion"u8, $"meta.k8s.io/{version}");
        json.WritePropertyName("metadata"u8);
        ListHead.WriteMetadata(json, list);
        json.WritePropertyName("columnDefinitions"u8);
        WriteColumns(json, columns ? printer.Columns : []);
        json.WriteStartArray("rows"u8);
        foreach (var item in list.Items)
        {
            WriteRow(json, item, printer, now, show, version);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return target.WrittenMemory;
    }

    private static void WriteColumns(Utf8JsonWriter json, ImmutableArray<TableColumn> columns)
    {
        json.WriteStartArray();
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, column.Name);
            json.WriteString("type"u8, column.Type);
            json.WriteString("format"u8, column.Format);
            json.WriteString("description"u8, column.Description);
            json.WriteNumber("priority"u8, column.Priority);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, ApiObject item, ITablePrinter printer, DateTimeOffset now, TableObject show, string version)
    {
        json.WriteStartObject();
        json.WriteStartArray("cells"u8);
        foreach (var cell in printer.Cells(item.Tree, now))
        {
            json.WriteRawValue(JsonText.ToBytes(cell), skipInputValidation: true);
        }

        json.WriteEndArray();
        if (show != TableObject.None)
        {
            json.WritePropertyName("object"u8);
            WriteObject(json, item, show, version);
        }

        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, ApiObject item, TableObject show, string version)
    {
        var bytes = ObjectPayload.JsonOf(item);
        if (show == TableObject.Object)
        {
            json.WriteRawValue(bytes.Span, skipInputValidation: true);
            return;
        }

        json.WriteStartObject();
        json.WriteString("kind"u8, "PartialObjectMetadata");
        json.WriteString("apiVersion"u8, $"meta.k8s.io/{version}");
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(MetadataSlice.Find(bytes).Span, skipInputValidation: true);
        json.WriteEndObject();
    }
}
