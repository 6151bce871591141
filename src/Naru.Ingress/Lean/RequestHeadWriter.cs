using Microsoft.AspNetCore.Http;

namespace Naru.Ingress.Lean;

/// <summary>Writes the head of a request without a body.</summary>
internal static class RequestHeadWriter
{
    /// <summary>Writes it.</summary>
    /// <exception cref="InvalidDataException">A value would break out of its line.</exception>
    public static void Write(HeadBytes head, string method, string target, string host, IHeaderDictionary headers)
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
}
