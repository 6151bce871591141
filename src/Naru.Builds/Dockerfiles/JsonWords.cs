using System.Collections.Immutable;
using System.Text.Json;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>The JSON form of an instruction's arguments.</summary>
internal static class JsonWords
{
    /// <summary>The strings of an array; null when the text is no JSON array.</summary>
    /// <exception cref="NaruException">An array that holds something else than strings.</exception>
    public static ImmutableArray<string>? Read(string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var words = ImmutableArray.CreateBuilder<string>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                words.Add(item.ValueKind == JsonValueKind.String ? item.GetString()!
                    : throw NaruException.Invalid("when using JSON array syntax, arrays must be comprised of strings only"));
            }

            return words.ToImmutable();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As docker writes lists in histories: <c>["sh" "-c"]</c> in JSON with spaces between.</summary>
    public static string Show(IEnumerable<string> words, string separator = " ") =>
        "[" + string.Join(separator, words.Select(Quote)) + "]";

    /// <summary>A string as Go's <c>%q</c> writes it.</summary>
    public static string Quote(string word)
    {
        var text = new System.Text.StringBuilder(word.Length + 2).Append('"');
        foreach (var c in word)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                '\r' => text.Append("\\r"),
                < ' ' or '\x7f' => text.Append("\\x").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
