using System.Text;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Yaml;

/// <summary>Writes trees in block style. Text that YAML could take for something else is written as JSON writes it, which YAML reads too.</summary>
internal static class YamlTreeWriter
{
    public static void Write(StringBuilder text, Value value)
    {
        if (value is MapValue { Count: > 0 } or ListValue { Count: > 0 })
        {
            WriteBlock(text, value, 0, atDash: true);
        }
        else
        {
            text.Append(Scalar(value)).Append('\n');
        }
    }

    private static void WriteBlock(StringBuilder text, Value value, int indent, bool atDash)
    {
        if (value is MapValue map)
        {
            foreach (ref readonly var field in map.AsSpan())
            {
                StartLine(text, indent, ref atDash);
                text.Append(ScalarText(field.Key)).Append(':');
                WriteChild(text, field.Value, field.Value is ListValue ? indent : indent + 2);
            }

            return;
        }

        foreach (var item in (ListValue)value)
        {
            StartLine(text, indent, ref atDash);
            text.Append('-');
            if (item is MapValue { Count: > 0 } or ListValue { Count: > 0 })
            {
                text.Append(' ');
                WriteBlock(text, item, indent + 2, atDash: true);
            }
            else
            {
                text.Append(' ').Append(Scalar(item)).Append('\n');
            }
        }
    }

    private static void WriteChild(StringBuilder text, Value value, int indent)
    {
        if (value is MapValue { Count: > 0 } or ListValue { Count: > 0 })
        {
            text.Append('\n');
            WriteBlock(text, value, indent, atDash: false);
        }
        else
        {
            text.Append(' ').Append(Scalar(value)).Append('\n');
        }
    }

    private static void StartLine(StringBuilder text, int indent, ref bool atDash)
    {
        text.Append(' ', atDash ? 0 : indent);
        atDash = false;
    }

    private static string Scalar(Value value) => value switch
    {
        TextValue one => ScalarText(one.Text),
        MapValue => "{}",
        ListValue => "[]",
        _ => JsonText.ToText(value),
    };

    private static string ScalarText(string text) => IsPlain(text) ? text : JsonText.ToText(new TextValue(text));

    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || text[0] is '-' or '?' or ':' or ' ' || text[^1] is ' ' or ':' || YamlScalars.LooksOdd(text))
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or '/' or ' ' or ':' or '=' or '+' or '(' or ')' or ';'))
            {
                return false;
            }
        }

        return !text.Contains(": ", StringComparison.Ordinal) && !char.IsAsciiDigit(text[0]);
    }
}
