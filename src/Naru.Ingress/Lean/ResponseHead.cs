using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;

namespace Naru.Ingress.Lean;

/// <summary>The head of an answer, read from bytes straight into the client's answer.</summary>
internal struct ResponseHead
{
    public const int MostBytes = 64 << 10;

    /// <summary>Names that most answers have: no text is made for them.</summary>
    private static readonly string[] Known =
        ["Date", "Server", "Content-Type", "Content-Length", "Last-Modified", "ETag", "Cache-Control", "Set-Cookie", "Vary", "Location", "Accept-Ranges", "Content-Encoding", "Expires", "Pragma", "Content-Language", "X-Powered-By", "Connection", "Keep-Alive", "Transfer-Encoding"];

    /// <summary>Fields that <c>Connection</c> names; mostly none.</summary>
    private List<string>? _named;

    /// <summary>The code; 0 before anything was read.</summary>
    public int Code { get; private set; }

    /// <summary>Length of the body; -1 if it was not told.</summary>
    public long Length { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether it is the answer, not word that one is under way.</summary>
    public readonly bool IsFinal => Code >= 200;

    /// <summary>Whether an answer of this code has a body, unless only its head was asked for.</summary>
    public readonly bool HasBody => Code is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);

    /// <summary>Length of the body as the client may be told it; null if it cannot.</summary>
    public readonly long? ToldLength => Length < 0 || IsChunked || Code == StatusCodes.Status204NoContent ? null : Length;

    /// <summary>Whether the connection may carry another request.</summary>
    public bool StaysOpen { get; private set; }

    /// <summary>Reads a whole head without the empty line at its end.</summary>
    /// <param name="bytes">The head.</param>
    /// <param name="client">Takes the fields, unless the answer is only under way.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static ResponseHead Read(ReadOnlySpan<byte> bytes, ILeanClient client)
    {
        var head = new ResponseHead { Length = -1 };
        var end = bytes.IndexOf("\r\n"u8);
        var line = end < 0 ? bytes : bytes[..end];
        head.ReadStatus(line);
        if (head.IsFinal)
        {
            client.Begin(head.Code);
        }

        while (end >= 0)
        {
            bytes = bytes[(end + 2)..];
            end = bytes.IndexOf("\r\n"u8);
            head.ReadField(end < 0 ? bytes : bytes[..end], client);
        }

        if (head is { IsFinal: true, _named: { } named })
        {
            client.Drop(named);
        }

        return head;
    }

    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || !Utf8Parser.TryParse(line.Slice(9, 3), out int code, out var used) || used != 3 || code < 100)
        {
            throw new InvalidDataException("the answer does not begin as HTTP/1 does");
        }

        Code = code;
        StaysOpen = line[7] == '1';
    }

    private void ReadField(ReadOnlySpan<byte> line, ILeanClient client)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            throw new InvalidDataException("the answer's head has a line that is no field");
        }

        var name = line[..colon];
        var known = KnownOf(name);
        var value = line[(colon + 1)..].Trim(" \t"u8);
        switch (known)
        {
            case "Content-Length":
                ReadLength(value);
                return;
            case "Transfer-Encoding":
                IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8) ? true : throw new InvalidDataException("the answer is encoded in a way that is not known");
                return;
            case "Connection":
                StaysOpen = !Contains(value, "close"u8) && (StaysOpen || Contains(value, "keep-alive"u8));
                NoteNamed(value);
                return;
            case "Keep-Alive":
                return;
            case null:
                CheckName(name);
                break;
        }

        if (IsFinal && !IsHop(name))
        {
            client.Add(name, known, value);
        }
    }

    private void ReadLength(ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out long length, out var used) || used != value.Length || length < 0 || (Length >= 0 && Length != length))
        {
            throw new InvalidDataException("the answer's length is no number");
        }

        Length = length;
    }

    private void NoteNamed(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "keep-alive"u8) || Ascii.EqualsIgnoreCase(value, "close"u8))
        {
            return;
        }

        foreach (var range in value.Split((byte)','))
        {
            var name = Encoding.Latin1.GetString(value[range].Trim(" \t"u8));
            if (!NamedFields.IsOption(name))
            {
                (_named ??= []).Add(name);
            }
        }
    }

    private static bool IsHop(ReadOnlySpan<byte> name) => name.Length is 7 or 16 or 2
        && (Ascii.EqualsIgnoreCase(name, "Upgrade"u8) || Ascii.EqualsIgnoreCase(name, "Trailer"u8) || Ascii.EqualsIgnoreCase(name, "Proxy-Connection"u8) || Ascii.EqualsIgnoreCase(name, "TE"u8));

    private static bool Contains(ReadOnlySpan<byte> value, ReadOnlySpan<byte> token)
    {
        foreach (var range in value.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(value[range].Trim(" \t"u8), token))
            {
                return true;
            }
        }

        return false;
    }

    private static string? KnownOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var known in Known)
        {
            if (known.Length == bytes.Length && Ascii.EqualsIgnoreCase(bytes, known))
            {
                return known;
            }
        }

        return null;
    }

    private static void CheckName(ReadOnlySpan<byte> name)
    {
        if (name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            throw new InvalidDataException("the answer's head has a field whose name is none");
        }
    }
}
