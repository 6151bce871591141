using System.Globalization;
using System.Text;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>Records of an extended header (POSIX.1-2001 pax, GNU's and star's additions), and GNU's long names.</summary>
internal sealed class PaxRecords
{
    private const string AttributePrefix = "SCHILY.xattr.";
    private const int MaxSparsePieces = 100_000;

    internal PaxRecords()
    {
    }

    internal PaxRecords(PaxRecords inherited)
    {
        (Path, LinkPath, Size, User, Group, Modified) =
            (inherited.Path, inherited.LinkPath, inherited.Size, inherited.User, inherited.Group, inherited.Modified);
        Attributes = new(inherited.Attributes, StringComparer.Ordinal);
    }

    internal string? Path { get; private set; }

    internal string? LinkPath { get; private set; }

    internal long? Size { get; private set; }

    internal long? User { get; private set; }

    internal long? Group { get; private set; }

    internal UnixTime? Modified { get; private set; }

    internal Dictionary<string, byte[]> Attributes { get; } = new(StringComparer.Ordinal);

    internal string? LongName { get; set; }

    internal string? LongLink { get; set; }

    internal string? SparseName { get; private set; }

    internal long? SparseSize { get; private set; }

    /// <summary>The map is the first part of the content (GNU.sparse 1.0).</summary>
    internal bool SparseMapInContent { get; private set; }

    internal List<long> SparseMap { get; } = [];

    internal bool IsSparse => SparseMapInContent || SparseMap.Count > 0;

    /// <summary>Takes "LENGTH KEY=VALUE\n" records; a later one wins.</summary>
    internal void Parse(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var space = content.IndexOf((byte)' ');
            if (space < 1 || !int.TryParse(Encoding.Latin1.GetString(content[..space]), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 2 || length > content.Length || content[length - 1] != '\n')
            {
                throw TarReader.Malformed("an extended header is broken");
            }

            var record = content[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw TarReader.Malformed("an extended header is broken");
            }

            Set(PosixText.Decode(record[..equals]), record[(equals + 1)..]);
            content = content[length..];
        }
    }

    private void Set(string key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case "path": Path = Name(value); break;
            case "linkpath": LinkPath = Name(value); break;
            case "size": Size = Number(value); break;
            case "uid": User = Number(value); break;
            case "gid": Group = Number(value); break;
            case "mtime": Modified = Time(Encoding.Latin1.GetString(value)); break;
            case "GNU.sparse.name": SparseName = Name(value); break;
            case "GNU.sparse.realsize" or "GNU.sparse.size": SparseSize = Number(value); break;
            case "GNU.sparse.major": SparseMapInContent = value.SequenceEqual("1"u8); break;
            case "GNU.sparse.offset" or "GNU.sparse.numbytes": AddToMap(Number(value)); break;
            case "GNU.sparse.map": Array.ForEach(Encoding.Latin1.GetString(value).Split(','), part => AddToMap(Number(Encoding.Latin1.GetBytes(part)))); break;
            case var attribute when attribute.StartsWith(AttributePrefix, StringComparison.Ordinal):
                Attributes[attribute[AttributePrefix.Length..]] = value.ToArray();
                break;
            default: break;
        }
    }

    private void AddToMap(long number)
    {
        if (SparseMap.Count >= MaxSparsePieces * 2)
        {
            throw TarReader.Malformed($"a sparse map has more than {MaxSparsePieces} pieces");
        }

        SparseMap.Add(number);
    }

    /// <summary>An empty value takes an earlier record back.</summary>
    private static string? Name(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? null
        : value.Contains((byte)0) ? throw TarReader.Malformed("a name has a zero byte")
        : PosixText.Decode(value);

    private static long Number(ReadOnlySpan<byte> value) =>
        long.TryParse(Encoding.Latin1.GetString(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw TarReader.Malformed("a number in an extended header is broken");

    private static UnixTime Time(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? text : text[..dot];
        var fraction = dot < 0 ? "" : text[(dot + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || fraction.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw TarReader.Malformed("a time in an extended header is broken");
        }

        var nanoseconds = int.Parse((fraction + "000000000")[..9], CultureInfo.InvariantCulture);
        return whole.StartsWith('-') && nanoseconds > 0 ? new(seconds - 1, 1_000_000_000 - nanoseconds) : new(seconds, nanoseconds);
    }
}
