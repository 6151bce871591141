using System.Buffers;
using System.Text;
using Naru.Ingress.Lean;

namespace Naru.Ingress.Direct;

/// <summary>
/// The head of a request about which nothing needs judging: GET or HEAD by HTTP/1.1 with one host and no body, no upgrade, nothing encoded in its path. What is the least bit unusual is not
/// plain: it is left to the web server, which knows what is allowed (RFC 9110, RFC 9112).
/// </summary>
internal readonly ref struct PlainHead
{
    /// <summary>Longest host with its port, bytes.</summary>
    public const int MostOfHost = 253 + 6;

    /// <summary>More fields that are left out than this are not plain.</summary>
    private const int MostLeftOut = 16;

    private static readonly SearchValues<byte> PathBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~!$&'()*+,;=:@"u8);
    private static readonly SearchValues<byte> QueryBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~!$&'()*+,;=:@?%"u8);
    private static readonly SearchValues<byte> HostBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"u8);
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    private readonly ReadOnlySpan<byte> _fields;
    private readonly LeftOut _leftOut;

    private PlainHead(bool isHead, ReadOnlySpan<byte> target, ReadOnlySpan<byte> host, ReadOnlySpan<byte> fields, LeftOut leftOut, int length)
    {
        IsHead = isHead;
        Target = target;
        Host = host;
        _fields = fields;
        _leftOut = leftOut;
        Length = length;
    }

    /// <summary>Whether the method is HEAD.</summary>
    public bool IsHead { get; }

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>The path: it has nothing to decode.</summary>
    public ReadOnlySpan<byte> Path => Target.IndexOf((byte)'?') is >= 0 and var query ? Target[..query] : Target;

    /// <summary>What the field Host says.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Length of the head with the empty line at its end, bytes.</summary>
    public int Length { get; }

    /// <summary>Reads a head from the start of what came. False: it is not plain, or not whole yet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PlainHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var lines = bytes[..(end + 2)];
        var line = lines[..lines.IndexOf("\r\n"u8)];
        var isHead = line.StartsWith("HEAD "u8);
        if ((!isHead && !line.StartsWith("GET "u8)) || !line.EndsWith(" HTTP/1.1"u8))
        {
            return false;
        }

        var start = isHead ? 5 : 4;
        if (line.Length < start + 1 + 9)
        {
            return false;
        }

        var target = line[start..^9];
        var fields = lines[(line.Length + 2)..];
        var leftOut = default(LeftOut);
        if (!IsPlainTarget(target) || !ReadFields(fields, ref leftOut, out var host))
        {
            return false;
        }

        head = new PlainHead(isHead, target, host, fields, leftOut, end + 4);
        return true;
    }

    /// <summary>Writes the fields that go on to the endpoint, each with its line's end.</summary>
    public void WriteFields(HeadBytes to)
    {
        var place = 0;
        for (var index = 0; index < _leftOut.Count; index++)
        {
            var (start, end) = _leftOut[index];
            to.Add(_fields[place..start]);
            place = end;
        }

        to.Add(_fields[place..]);
    }

    private static bool IsPlainTarget(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        return path is [(byte)'/', ..]
            && !path.ContainsAnyExcept(PathBytes)
            && !target[path.Length..].ContainsAnyExcept(QueryBytes)

            // Dots that may lead up, and empty elements.
            && path.IndexOf("/."u8) < 0
            && path.IndexOf("//"u8) < 0;
    }

    private static bool ReadFields(ReadOnlySpan<byte> fields, scoped ref LeftOut leftOut, out ReadOnlySpan<byte> host)
    {
        host = default;
        var place = 0;
        while (place < fields.Length)
        {
            var rest = fields[place..];
            var length = rest.IndexOf("\r\n"u8);
            var line = rest[..length];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(NameBytes) || line[(colon + 1)..].ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
            {
                return false;
            }

            var standing = StandingOf(line[..colon], line[(colon + 1)..].Trim((byte)' '), ref host);
            if (standing == Standing.NotPlain || (standing == Standing.LeftOut && !leftOut.TryAdd(place, place + length + 2)))
            {
                return false;
            }

            place += length + 2;
        }

        return !host.IsEmpty;
    }

    private static Standing StandingOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> host)
    {
        switch (name.Length)
        {
            case 4 when Is(name, "Host"u8):
                if (!host.IsEmpty || !IsPlainHost(value))
                {
                    return Standing.NotPlain;
                }

                host = value;
                return Standing.LeftOut;
            case 10 when Is(name, "Connection"u8):
                return Is(value, "keep-alive"u8) ? Standing.LeftOut : Standing.NotPlain;
            case 10 when Is(name, "Keep-Alive"u8):
                return Standing.LeftOut;
            case 2 when Is(name, "TE"u8):
            case 6 when Is(name, "Expect"u8):
            case 7 when Is(name, "Upgrade"u8) || Is(name, "Trailer"u8):
            case 14 when Is(name, "Content-Length"u8) || Is(name, "HTTP2-Settings"u8):
            case 16 when Is(name, "Proxy-Connection"u8):
            case 17 when Is(name, "Transfer-Encoding"u8):
                return Standing.NotPlain;

            // What a client claims about itself is not passed on.
            case 9 when Is(name, "X-Real-IP"u8) || Is(name, "Forwarded"u8):
            case 15 when Is(name, "X-Forwarded-For"u8):
            case 16 when Is(name, "X-Forwarded-Host"u8) || Is(name, "X-Forwarded-Port"u8):
            case 17 when Is(name, "X-Forwarded-Proto"u8):
            case 18 when Is(name, "X-Forwarded-Scheme"u8):
                return Standing.LeftOut;
            default:
                return Standing.Passes;
        }
    }

    private static bool IsPlainHost(ReadOnlySpan<byte> host)
    {
        var colon = host.IndexOf((byte)':');
        var name = colon < 0 ? host : host[..colon];
        return name.Length is > 0 and <= 253
            && !name.ContainsAnyExcept(HostBytes)
            && (colon < 0 || (host.Length - colon is >= 2 and <= 6 && !host[(colon + 1)..].ContainsAnyExcept(Digits)));
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(name, other);

    private enum Standing
    {
        Passes,
        LeftOut,
        NotPlain,
    }

    /// <summary>Where the lines are that do not go on.</summary>
    private struct LeftOut
    {
        private Places _places;

        public int Count { get; private set; }

        public readonly (int Start, int End) this[int index] => _places[index];

        public bool TryAdd(int start, int end)
        {
            if (Count == MostLeftOut)
            {
                return false;
            }

            _places[Count++] = (start, end);
            return true;
        }

        [System.Runtime.CompilerServices.InlineArray(MostLeftOut)]
        private struct Places
        {
            private (int Start, int End) _first;
        }
    }
}
