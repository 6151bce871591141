using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Lean;

/// <summary>Writes the head of a request without a body.</summary>
internal ref struct RequestHead
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\r\n\0");

    private byte[] _bytes;
    private int _length;

    private RequestHead(byte[] bytes) => _bytes = bytes;

    /// <summary>The bytes of the head and how many they are; the array goes back to the shared pool.</summary>
    /// <exception cref="InvalidDataException">A value would break out of its line.</exception>
    public static (byte[] Bytes, int Length) Write(string method, string target, string host, IHeaderDictionary headers)
    {
        var head = new RequestHead(ArrayPool<byte>.Shared.Rent(2048));
        try
        {
            head.Add(method);
            head.Add(" "u8);
            head.Add(target);
            head.Add(" HTTP/1.1\r\nHost: "u8);
            head.Add(host);
            head.Add("\r\n"u8);
            var named = headers.Connection;
            foreach (var (name, values) in headers)
            {
                if (IsHop(name) || (named.Count > 0 && IsNamed(named.ToString(), name)))
                {
                    continue;
                }

                for (var place = 0; place < values.Count; place++)
                {
                    head.Add(name);
                    head.Add(": "u8);
                    head.Add(values[place] ?? "");
                    head.Add("\r\n"u8);
                }
            }

            head.Add("\r\n"u8);
            return (head._bytes, head._length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(head._bytes);
            throw;
        }
    }

    private static bool IsHop(string name) => name.Length switch
    {
        0 => true,
        2 => Is(name, "TE"),
        4 => Is(name, "Host"),
        6 => Is(name, "Expect"),
        7 => Is(name, "Upgrade") || Is(name, "Trailer"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "Content-Length"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        _ => name[0] == ':',
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(string connection, string name)
    {
        if (connection.Length <= 10 && (Is(connection, "keep-alive") || Is(connection, "close")))
        {
            return false;
        }

        foreach (var range in connection.AsSpan().Split(','))
        {
            if (connection.AsSpan(range).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(string text)
    {
        if (text.AsSpan().ContainsAny(Forbidden))
        {
            throw new InvalidDataException("a value of the request has a line break");
        }

        Reserve(text.Length * 3);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
