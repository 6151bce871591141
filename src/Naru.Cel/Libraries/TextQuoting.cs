using System.Text;

namespace Naru.Cel.Libraries;

/// <summary>Quotes text.</summary>
internal static class TextQuoting
{
    /// <summary>The text in quotes, with what cannot be seen written as escapes.</summary>
    public static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var one in text)
        {
            result.Append(one switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => one.ToString(),
            });
        }

        return result.Append('"').ToString();
    }
}
