using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Naru.Output;

/// <summary>Writes an answer as JSON or YAML from one tree.</summary>
internal static class Document
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(OutputFormat format, JsonNode node) => Console.Out.Write(Render(format, node));

    public static string Render(OutputFormat format, JsonNode node) => format == OutputFormat.Yaml ? Yaml(node) : Json(node);

    private static string Json(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static string Yaml(JsonNode node)
    {
        using var text = new StringWriter();
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in map)
                {
                    emitter.Emit(new Scalar(name));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            default:
                EmitScalar(emitter, node);
                break;
        }
    }

    private static void EmitScalar(Emitter emitter, JsonNode? node)
    {
        var isText = node?.GetValueKind() == JsonValueKind.String;
        var text = isText ? node!.GetValue<string>() : node?.ToJsonString() ?? "null";
        var style = isText && LooksLikeSomethingElse(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    private static bool LooksLikeSomethingElse(string text) =>
        text is "" or "true" or "false" or "null" or "~" or "yes" or "no" or "on" or "off" || char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.';
}
