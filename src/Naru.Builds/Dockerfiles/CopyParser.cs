using System.Text.RegularExpressions;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>Understands COPY and ADD.</summary>
internal static partial class CopyParser
{
    public static CopyInstruction Parse(Node node, char escape)
    {
        var add = node.Keyword == "ADD";
        var flags = add
            ? new InstructionFlags(node, "chown", "chmod", "link?", "checksum", "keep-git-dir?", "exclude*", "unpack?")
            : new InstructionFlags(node, "chown", "chmod", "link?", "from", "parents?", "exclude*");
        var words = JsonWords.Read(node.Rest) ?? [.. node.Rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (words.Length == 0)
        {
            throw NaruException.Invalid($"{node.Keyword} requires at least two arguments");
        }

        if (words.Length == 1)
        {
            throw NaruException.Invalid($"{node.Keyword} requires at least two arguments, but only one was provided. Destination could not be determined");
        }

        _ = escape;
        var mode = flags.Text("chmod");
        if (mode.Length > 0 && !mode.Contains('$', StringComparison.Ordinal) && !Mode().IsMatch(mode))
        {
            throw NaruException.Invalid($"invalid chmod parameter: '{mode}'. it should be octal string and between 0 and 07777");
        }

        return new CopyInstruction
        {
            Node = node,
            Sources = words[..^1],
            Target = words[^1],
            Add = add,
            From = flags.Text("from"),
            Owner = flags.Text("chown"),
            Mode = mode,
            Link = flags.Truth("link"),
            Parents = flags.Truth("parents"),
            Exclude = flags.All("exclude"),
            Checksum = flags.Text("checksum"),
            KeepGitDirectory = flags.Truth("keep-git-dir"),
            Unpack = flags.Has("unpack") ? flags.Truth("unpack") : null,
        };
    }

    [GeneratedRegex(@"^[0-7]{1,5}$", RegexOptions.CultureInvariant)]
    private static partial Regex Mode();
}
