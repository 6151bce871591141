using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;
using YamlDotNet.Core;

namespace Naru.Objects.Yaml;

/// <summary>YAML to trees and back, as kubectl understands it: YAML 1.1's booleans, merge keys, aliases within bounds. Any thread.</summary>
public static class YamlText
{
    /// <summary>Reads one document. JSON is YAML too.</summary>
    /// <param name="utf8">The text; a second document is refused.</param>
    /// <param name="limits">Null for <see cref="JsonLimits.Default"/>.</param>
    /// <param name="doubled">Gets a line if keys stand twice in a map: <c>yaml: unmarshal errors:\n  line 3: key "a" already set in map</c>. The last value counts.</param>
    /// <exception cref="NaruException">InvalidArgument: no YAML, more than one document, too deep, too large, aliases that multiply without measure.</exception>
    public static Value Parse(ReadOnlySpan<byte> utf8, JsonLimits? limits = null, List<string>? doubled = null)
    {
        limits ??= JsonLimits.Default;
        if (utf8.Length > limits.Size)
        {
            throw NaruException.Invalid($"the YAML text has {utf8.Length} bytes, at most {limits.Size} are allowed");
        }

        var lines = new List<string>();
        try
        {
            using var text = new StringReader(Encoding.UTF8.GetString(utf8));
            var value = new YamlTreeReader(new Parser(text), limits.Depth, lines).ReadDocument();
            if (lines.Count > 0)
            {
                doubled?.Add($"yaml: unmarshal errors:\n  {string.Join("\n  ", lines)}");
            }

            return value;
        }
        catch (YamlException failure)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"yaml: line {failure.Start.Line}: {failure.Message}", failure);
        }
    }

    /// <summary>Writes one document in block style, fields in the order of the tree.</summary>
    public static string ToText(Value value)
    {
        var text = new StringBuilder();
        YamlTreeWriter.Write(text, value);
        return text.ToString();
    }
}
