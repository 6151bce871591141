using System.Buffers.Text;
using System.Globalization;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>The form of an object in the store: compact JSON that starts with apiVersion, kind and metadata, and has no metadata.resourceVersion: that is the store's own
/// revision of the key, put in once when the object comes into the cache.</summary>
internal static class StoredJson
{
    private static readonly string[] Head = ["apiVersion", "kind", "metadata"];

    private static ReadOnlySpan<byte> Metadata => "\"metadata\":{"u8;

    private static ReadOnlySpan<byte> Field => "\"resourceVersion\":\""u8;

    /// <summary>The tree with its head in front and no revision. Shares branches with <paramref name="body"/>, whose metadata loses its revision.</summary>
    public static MapValue Arrange(MapValue body)
    {
        body.Map("metadata")?.Remove("resourceVersion");
        var fields = body.AsSpan();
        if (fields.Length >= 3 && fields[0].Key == "apiVersion" && fields[1].Key == "kind" && fields[2].Key == "metadata")
        {
            return body;
        }

        var arranged = new MapValue(body.Count);
        foreach (var name in Head)
        {
            arranged[name] = body[name];
        }

        foreach (var (name, value) in fields)
        {
            if (name is not ("apiVersion" or "kind" or "metadata"))
            {
                arranged[name] = value;
            }
        }

        return arranged;
    }

    /// <summary>The bytes for the store.</summary>
    public static byte[] Write(MapValue arranged) => JsonText.ToBytes(arranged);

    /// <summary>The stored bytes with the revision put in as the first field of the metadata.</summary>
    public static byte[] Splice(ReadOnlySpan<byte> stored, long revision)
    {
        var at = stored.IndexOf(Metadata);
        if (at < 0)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the object stored at revision {revision.ToString(CultureInfo.InvariantCulture)} has no metadata");
        }

        at += Metadata.Length;
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, digits, out var length);
        var comma = at < stored.Length && stored[at] == (byte)'}' ? 0 : 1;
        var spliced = new byte[stored.Length + Field.Length + length + 1 + comma];
        var target = spliced.AsSpan();
        stored[..at].CopyTo(target);
        target = target[at..];
        Field.CopyTo(target);
        target = target[Field.Length..];
        digits[..length].CopyTo(target);
        target[length] = (byte)'"';
        if (comma == 1)
        {
            target[length + 1] = (byte)',';
        }

        stored[at..].CopyTo(target[(length + 1 + comma)..]);
        return spliced;
    }

    /// <summary>Undoes <see cref="Splice"/>.</summary>
    public static byte[] Strip(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf(Metadata) + Metadata.Length;
        if (!json[at..].StartsWith(Field))
        {
            return json.ToArray();
        }

        var end = at + Field.Length + json[(at + Field.Length)..].IndexOf((byte)'"') + 1;
        if (end < json.Length && json[end] == (byte)',')
        {
            end++;
        }

        var stored = new byte[json.Length - (end - at)];
        json[..at].CopyTo(stored);
        json[end..].CopyTo(stored.AsSpan(at));
        return stored;
    }
}
