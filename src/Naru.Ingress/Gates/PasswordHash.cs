using System.Security.Cryptography;
using System.Text;

namespace Naru.Ingress.Gates;

/// <summary>The hashes that htpasswd writes: <c>$apr1$</c>, <c>{SHA}</c>, <c>{SSHA}</c>, and plain text. bcrypt is not among them.</summary>
internal static class PasswordHash
{
    private const string Letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static bool Matches(string password, string hash)
    {
        if (hash.StartsWith("$apr1$", StringComparison.Ordinal) || hash.StartsWith("$1$", StringComparison.Ordinal))
        {
            var parts = hash.Split('$');
            return parts.Length == 4 && Same(Md5Crypt(password, parts[2], $"${parts[1]}$"), hash);
        }

        if (hash.StartsWith("{SHA}", StringComparison.Ordinal))
        {
#pragma warning disable CA5350 // The format is given.
            return Same(Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(password))), hash[5..]);
#pragma warning restore CA5350
        }

        if (hash.StartsWith("{SSHA}", StringComparison.Ordinal))
        {
            return Salted(password, hash[6..]);
        }

        return !hash.StartsWith('$') && Same(password, hash.StartsWith("{PLAIN}", StringComparison.Ordinal) ? hash[7..] : hash);
    }

    private static bool Salted(string password, string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length) || length <= 20)
        {
            return false;
        }

#pragma warning disable CA5350 // The format is given.
        var made = SHA1.HashData([.. Encoding.UTF8.GetBytes(password), .. bytes.AsSpan(20, length - 20)]);
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(made, bytes.AsSpan(0, 20));
    }

    private static bool Same(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    /// <summary>The thousand rounds of MD5 that crypt and Apache share.</summary>
    private static string Md5Crypt(string password, string salt, string magic)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        var grain = Encoding.ASCII.GetBytes(salt);
#pragma warning disable CA5351 // The format is given.
        var inner = MD5.HashData([.. secret, .. grain, .. secret]);
        var start = new List<byte>([.. secret, .. Encoding.ASCII.GetBytes(magic), .. grain]);
        for (var left = secret.Length; left > 0; left -= 16)
        {
            start.AddRange(inner.AsSpan(0, Math.Min(16, left)));
        }

        for (var bits = secret.Length; bits > 0; bits >>= 1)
        {
            start.Add((bits & 1) != 0 ? (byte)0 : secret[0]);
        }

        var final = MD5.HashData([.. start]);
        for (var round = 0; round < 1000; round++)
        {
            final = MD5.HashData([
                .. (round & 1) != 0 ? secret : final,
                .. round % 3 != 0 ? grain : [],
                .. round % 7 != 0 ? secret : [],
                .. (round & 1) != 0 ? final : secret]);
        }
#pragma warning restore CA5351

        var text = new StringBuilder(magic).Append(salt).Append('$');
        Append(text, (final[0] << 16) | (final[6] << 8) | final[12], 4);
        Append(text, (final[1] << 16) | (final[7] << 8) | final[13], 4);
        Append(text, (final[2] << 16) | (final[8] << 8) | final[14], 4);
        Append(text, (final[3] << 16) | (final[9] << 8) | final[15], 4);
        Append(text, (final[4] << 16) | (final[10] << 8) | final[5], 4);
        Append(text, final[11], 2);
        return text.ToString();
    }

    private static void Append(StringBuilder text, int bits, int count)
    {
        for (; count > 0; count--, bits >>= 6)
        {
            text.Append(Letters[bits & 0x3f]);
        }
    }
}
