using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Ingress.Proxying;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gates;

/// <summary>Asks for a name and a password (HTTP Basic) and compares them with what a secret holds, as it is at the moment.</summary>
/// <param name="isMap">The secret has a field for each user; otherwise one field <c>auth</c> with the lines of a password file.</param>
internal sealed class PasswordGate(IObjects objects, string @namespace, string secret, bool isMap, string realm) : IGate
{
    private const int MostRemembered = 1024;

    private volatile Passwords? _passwords;

    public async ValueTask<bool> PassAsync(Exchange exchange)
    {
        if (objects.Get(IngressResources.Secrets, @namespace, secret) is not { } stored)
        {
            await AnswerPages.WriteAsync(exchange, StatusCodes.Status503ServiceUnavailable, "The secret with the passwords does not exist.");
            return false;
        }

        var passwords = _passwords;
        if (passwords is null || !ReferenceEquals(passwords.Secret, stored))
        {
            _passwords = passwords = new Passwords(stored, Read(stored));
        }

        var header = exchange.Http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && (passwords.Remembers(header) || await Task.Run(() => passwords.Accepts(header))))
        {
            return true;
        }

        exchange.Http.Response.Headers.WWWAuthenticate = $"Basic realm=\"{realm.Replace("\"", "'", StringComparison.Ordinal)}\"";
        await AnswerPages.WriteAsync(exchange, StatusCodes.Status401Unauthorized, "A name and a password are needed.");
        return false;
    }

    private Dictionary<string, string> Read(StoredObject stored)
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, value) in stored.Tree.Map("data") ?? [])
        {
            var text = value is TextValue encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded.Text)) : "";
            if (isMap)
            {
                users[field] = text.Trim();
            }
            else if (field == "auth")
            {
                foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    if (colon > 0)
                    {
                        users[line[..colon]] = line[(colon + 1)..];
                    }
                }
            }
        }

        return users;
    }

    /// <summary>Passwords of one state of the secret. What was right once is remembered: the slow hashes are slow on purpose.</summary>
    private sealed class Passwords(StoredObject secret, Dictionary<string, string> users)
    {
        private readonly ConcurrentDictionary<string, bool> _right = new();

        public StoredObject Secret => secret;

        public bool Remembers(string header) => _right.ContainsKey(MarkOf(header));

        /// <summary>Whether the header is right. May take a tenth of a second: not for the thread of a connection.</summary>
        public bool Accepts(string header)
        {
            if (!IsRight(header[6..]))
            {
                return false;
            }

            if (_right.Count < MostRemembered)
            {
                _right[MarkOf(header)] = true;
            }

            return true;
        }

        private static string MarkOf(string header) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(header)));

        private bool IsRight(string encoded)
        {
            var bytes = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            {
                return false;
            }

            var text = Encoding.UTF8.GetString(bytes, 0, length);
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && users.TryGetValue(text[..colon], out var hash) && PasswordHash.Matches(text[(colon + 1)..], hash);
        }
    }
}
