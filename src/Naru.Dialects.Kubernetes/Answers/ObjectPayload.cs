using System.Buffers;
using System.Text;
using System.Text.Json;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Single objects as bytes.</summary>
internal static class ObjectPayload
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();
    private static readonly byte[] MetadataHeadV1 = """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"""u8.ToArray();
    private static readonly byte[] MetadataHeadBeta = """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1beta1","metadata":"""u8.ToArray();

    /// <summary>The object's JSON: its own bytes where it is a stored one.</summary>
    public static ReadOnlyMemory<byte> JsonOf(ApiObject answer) => answer.Stored is { } stored ? stored.Json : JsonText.ToBytes(answer.Body!);

    /// <summary>What stands before the metadata of an object that is metadata alone.</summary>
    public static byte[] MetadataHead(string version) => version == "v1" ? MetadataHeadV1 : MetadataHeadBeta;

    /// <summary>The object whole.</summary>
    public static Payload Whole(ApiObject answer, AnswerForm form) =>
        form.Format == WireFormat.Protobuf ? new Payload(ProtobufForm.Of(answer)) : Text(new Payload(JsonOf(answer)), form);

    /// <summary>A tree that is no object of a resource: a Status, a discovery document.</summary>
    public static Payload Tree(MapValue tree, AnswerForm form) =>
        form.Format == WireFormat.Protobuf ? new Payload(ProtobufForm.Of(tree)) : Text(new Payload(JsonText.ToBytes(tree)), form);

    /// <summary>The object's metadata alone.</summary>
    public static Payload Metadata(ApiObject answer, AnswerForm form)
    {
        if (form.Format == WireFormat.Protobuf)
        {
            var raw = ProtobufForm.RawMetadataOf(answer.Tree);
            var whole = new Payload(ProtobufForm.Head($"meta.k8s.io/{form.ShapeVersion}", "PartialObjectMetadata", raw.Length));
            whole.Add(raw);
            return whole;
        }

        var payload = new Payload(MetadataHead(form.ShapeVersion));
        payload.Add(MetadataSlice.Find(JsonOf(answer)));
        payload.Add("}"u8.ToArray());
        return Text(payload, form);
    }

    /// <summary>JSON brought to the form that the client wants: indented, as YAML, or as it is with a line's end.</summary>
    public static Payload Text(Payload json, AnswerForm form)
    {
        if (form.Format == WireFormat.Yaml)
        {
            return new Payload(Encoding.UTF8.GetBytes(YamlText.ToText(JsonText.Parse(json.ToArray()))));
        }

        if (form.Pretty)
        {
            return Indent(json);
        }

        if (json.Pieces.Count > 0 && json.Pieces[^1].Span[^1] != (byte)'\n')
        {
            json.Add(NewLine);
        }

        return json;
    }

    private static Payload Indent(Payload json)
    {
        var target = new ArrayBufferWriter<byte>((int)json.Length * 2);
        using (var document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = 1024 }))
        using (var writer = new Utf8JsonWriter(target, new JsonWriterOptions { Indented = true, MaxDepth = 1024, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(writer);
        }

        var payload = new Payload(target.WrittenMemory);
        payload.Add(NewLine);
        return payload;
    }
}
