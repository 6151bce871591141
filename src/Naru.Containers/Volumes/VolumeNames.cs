using System.Security.Cryptography;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Containers.Volumes;

/// <summary>Which names a volume may have, in docker's words.</summary>
internal static class VolumeNames
{
    internal const string AnonymousLabel = "com.docker.volume.anonymous";

    private const int LongestFileName = 255;
    private const string Allowed = "[a-zA-Z0-9][a-zA-Z0-9_.-]";

    /// <summary>A name for a volume that was asked for without one: 64 hexadecimal digits.</summary>
    internal static string MakeUp() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    internal static void Check(string name)
    {
        if (name.Length == 1)
        {
            throw NaruException.Invalid($"create {name}: volume name is too short, names should be at least two alphanumeric characters");
        }

        if (!char.IsAsciiLetterOrDigit(name[0]) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-'))
        {
            throw NaruException.Invalid(
                $"create {name}: {Quote(name)} includes invalid characters for a local volume name, only \"{Allowed}\" are allowed. " +
                "If you intended to pass a host directory, use absolute path");
        }

        if (name.Length > LongestFileName)
        {
            throw NaruException.Invalid($"create {name}: volume name is too long, at most {LongestFileName} characters are allowed");
        }
    }

    /// <summary>In quotes, with what would break a line or a quote escaped.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => quoted.Append('\\').Append(letter),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                < ' ' => quoted.Append($"\\x{(int)letter:x2}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }
}
