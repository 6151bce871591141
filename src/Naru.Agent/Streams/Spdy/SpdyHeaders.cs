using System.Buffers.Binary;
using System.Text;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace Naru.Agent.Streams.Spdy;

/// <summary>Header blocks of SPDY/3: pairs with lengths, packed by zlib with the protocol's dictionary, one packed stream for each direction of a connection.</summary>
internal sealed class SpdyHeaders
{
    private const int MostBytes = 256 * 1024;
    private static readonly byte[] Dictionary = MakeDictionary();

    // The head of a packed stream with a dictionary (RFC 1950), and that dictionary's sum.
    private static readonly byte[] Begin = [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2];
    private readonly Inflater _inflater = new();
    private bool _begun;

    /// <summary>Reads a block.</summary>
    /// <exception cref="IOException">It is not one.</exception>
    public Dictionary<string, string> Read(ReadOnlySpan<byte> packed)
    {
        var bytes = Unpack(packed);
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = bytes.AsSpan();
        var count = Number(ref rest);
        for (var pair = 0; pair < count; pair++)
        {
            var name = Text(ref rest);
            result[name] = Text(ref rest);
        }

        return result;
    }

    /// <summary>Writes a block.</summary>
    public byte[] Write(IReadOnlyCollection<KeyValuePair<string, string>> headers)
    {
        using var plain = new MemoryStream();
        Put(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            PutText(plain, name);
            PutText(plain, value);
        }

        // Stored as it is, then an empty block: only that tells Go's reader to hand on what it has before the next bytes come.
        var length = checked((ushort)plain.Length);
        byte[] packed = [.. _begun ? [] : Begin, 0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8), .. plain.ToArray(), 0, 0, 0, 0xFF, 0xFF];
        _begun = true;
        return packed;
    }

    private byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        using var plain = new MemoryStream();
        var buffer = new byte[4096];
        _inflater.SetInput(packed.ToArray());
        try
        {
            while (true)
            {
                var count = _inflater.Inflate(buffer);
                if (count == 0 && _inflater.IsNeedingDictionary)
                {
                    _inflater.SetDictionary(Dictionary);
                    continue;
                }

                plain.Write(buffer, 0, count);
                if (count == 0)
                {
                    return plain.ToArray();
                }

                if (plain.Length > MostBytes)
                {
                    throw new IOException("a header block of SPDY is too large");
                }
            }
        }
        catch (ICSharpCode.SharpZipLib.SharpZipBaseException failure)
        {
            throw new IOException("a header block of SPDY cannot be unpacked", failure);
        }
    }

    private static int Number(ref Span<byte> rest)
    {
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(rest) is var number && (number < 0 || number > MostBytes))
        {
            throw new IOException("a header block of SPDY is cut short");
        }

        rest = rest[4..];
        return number;
    }

    private static string Text(ref Span<byte> rest)
    {
        var length = Number(ref rest);
        if (length > rest.Length)
        {
            throw new IOException("a header block of SPDY is cut short");
        }

        var text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return text;
    }

    private static void Put(MemoryStream stream, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        stream.Write(bytes);
    }

    private static void PutText(MemoryStream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Put(stream, bytes.Length);
        stream.Write(bytes);
    }

    // SPDY/3 draft, section 2.6.10.1: words with their lengths, then text that is likely to come.
    private static byte[] MakeDictionary()
    {
        const string words = "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection " +
            "content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match " +
            "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after " +
            "server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";
        const string tail = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently" +
            "400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec " +
            "00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,public" +
            "privatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
        using var all = new MemoryStream();
        foreach (var word in words.Split(' '))
        {
            PutText(all, word.Replace('_', ' '));
        }

        all.Write(Encoding.ASCII.GetBytes(tail));
        return all.ToArray();
    }
}
