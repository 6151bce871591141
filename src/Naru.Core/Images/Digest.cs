using System.Security.Cryptography;
using Naru.Core.Errors;

namespace Naru.Core.Images;

/// <summary>Content address, <c>sha256:</c> and 64 lower-case hexadecimal digits (OCI image specification, descriptor, "Digests").</summary>
/// <param name="Value">Algorithm, colon, digits.</param>
public readonly record struct Digest(string Value)
{
    private const string Prefix = "sha256:";

    /// <summary>The digits alone; safe as a file name.</summary>
    public string Hex => Value[Prefix.Length..];

    /// <summary>The first twelve digits: what people see.</summary>
    public string Short => Value.Substring(Prefix.Length, 12);

    /// <summary>From the 32 bytes of a SHA-256.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => new(Prefix + Convert.ToHexStringLower(hash));

    /// <summary>Hashes bytes in memory.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>True when the text is a whole SHA-256 digest. Other algorithms are refused.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + 64 || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits.Lower))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>Reads a digest.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: not a SHA-256 digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw NaruException.Invalid($"invalid checksum digest format: {text}");

    /// <summary>Algorithm, colon, digits.</summary>
    public override string ToString() => Value;
}
