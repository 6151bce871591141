using System.Buffers.Text;
using System.Security.Cryptography;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>A public key that tokens are checked with. The key says which algorithms it is for; the token's word alone is not taken.</summary>
internal sealed class VerificationKey : IDisposable
{
    private readonly ECDsa? _curve;
    private readonly RSA? _rsa;
    private readonly Lock _gate = new();

    public VerificationKey(string id, ECDsa key) => (Id, _curve) = (id, key);

    public VerificationKey(string id, RSA key) => (Id, _rsa) = (id, key);

    public string Id { get; }

    /// <summary>Reads a JSON web key; null for kinds that are not used here.</summary>
    public static VerificationKey? FromJwk(MapValue key)
    {
        try
        {
            var id = key.Text("kid") ?? "";
            return key.Text("use") is null or "sig" ? key.Text("kty") switch
            {
                "RSA" => new VerificationKey(id, RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") })),
                "EC" when Curve(key.Text("crv")) is { } curve => new VerificationKey(id, ECDsa.Create(new ECParameters { Curve = curve, Q = { X = Bytes(key, "x"), Y = Bytes(key, "y") } })),
                _ => null,
            }
            : null;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }

    public bool Verifies(JsonWebToken token)
    {
        lock (_gate)
        {
            return token.Algorithm switch
            {
                "ES256" => _curve is { KeySize: 256 } && _curve.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256),
                "ES384" => _curve is { KeySize: 384 } && _curve.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA384),
                "ES512" => _curve is { KeySize: 521 } && _curve.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA512),
                "RS256" => VerifiesRsa(token, HashAlgorithmName.SHA256),
                "RS384" => VerifiesRsa(token, HashAlgorithmName.SHA384),
                "RS512" => VerifiesRsa(token, HashAlgorithmName.SHA512),
                _ => false,
            };
        }
    }

    public void Dispose()
    {
        _curve?.Dispose();
        _rsa?.Dispose();
    }

    private static ECCurve? Curve(string? name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    private static byte[] Bytes(MapValue key, string field) => Base64Url.DecodeFromChars(key.Text(field) ?? "");

    private bool VerifiesRsa(JsonWebToken token, HashAlgorithmName hash) => _rsa is { KeySize: >= 2048 } && _rsa.VerifyData(token.Signed, token.Signature, hash, RSASignaturePadding.Pkcs1);
}
