namespace Naru.Agent.Containers;

/// <summary>
/// Files of variables that one container writes for others: a <c>NAME='value'</c> on each line, lines that begin with <c>#</c> left out. What stands between the quotes is taken as it is,
/// line ends too; a value without quotes goes to the end of its line or to a <c>#</c>. Pure.
/// </summary>
internal static class EnvironmentFile
{
    /// <summary>The value of a name; null: it is not there.</summary>
    /// <exception cref="FormatException">The file is none.</exception>
    public static string? Find(string text, string name)
    {
        var rest = text.AsSpan();
        string? found = null;
        while (found is null && !rest.IsEmpty)
        {
            rest = rest.TrimStart();
            if (rest.IsEmpty || rest[0] == '#')
            {
                rest = AfterLine(rest);
                continue;
            }

            var (equals, end) = (rest.IndexOf('='), LineEnd(rest));
            if (equals <= 0 || equals > end)
            {
                throw new FormatException($"invalid environment variable format: {rest[..end]}");
            }

            var key = rest[..equals].TrimEnd();
            var value = TakeValue(ref rest, equals + 1);
            found = key.SequenceEqual(name) ? value : null;
        }

        return found;
    }

    private static string TakeValue(ref ReadOnlySpan<char> rest, int start)
    {
        rest = rest[start..];
        if (rest.IsEmpty || rest[0] != '\'')
        {
            var line = rest[..LineEnd(rest)];
            rest = AfterLine(rest);
            var comment = line.IndexOf('#');
            return (comment < 0 ? line : line[..comment]).TrimEnd('\r').ToString();
        }

        var length = rest[1..].IndexOf('\'');
        if (length < 0)
        {
            throw new FormatException("invalid environment variable format: a quote is not closed");
        }

        var value = rest.Slice(1, length).ToString();
        var after = rest[(length + 2)..];
        var behind = after[..LineEnd(after)].Trim();
        if (!behind.IsEmpty && behind[0] != '#')
        {
            throw new FormatException($"invalid environment variable format: {behind} behind a value");
        }

        rest = AfterLine(after);
        return value;
    }

    private static int LineEnd(ReadOnlySpan<char> text) => text.IndexOf('\n') is >= 0 and var end ? end : text.Length;

    private static ReadOnlySpan<char> AfterLine(ReadOnlySpan<char> text) => LineEnd(text) is var end && end < text.Length ? text[(end + 1)..] : [];
}
