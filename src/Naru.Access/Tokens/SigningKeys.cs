using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Naru.Access.Certificates;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>The keys of service account tokens, a file each below <c>DATA/pki/service-accounts</c>, named after the moment of their making. The newest signs; the older ones are
/// public keys that are still believed, as long as a token of theirs may live.</summary>
internal sealed class SigningKeys(EngineDirectories directories, AccessOptions options, TimeProvider time) : IDisposable
{
    /// <summary>No token lives longer.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    private readonly Lock _gate = new();
    private State? _state;

    /// <summary>The JSON web key set of all keys that are believed.</summary>
    public string KeySet
    {
        get
        {
            var keys = new ListValue(Current().Keys.Select(static one => (Value)one.Jwk));
            return JsonText.ToText(new MapValue { ["keys"] = keys });
        }
    }

    private string Home => directories.DataPath("pki", "service-accounts");

    /// <summary>A signed token with these claims.</summary>
    public string Sign(MapValue claims)
    {
        var state = Current();
        var text = $"{JsonWebToken.Encode(new MapValue { ["alg"] = "ES256", ["kid"] = state.Keys[^1].Id })}.{JsonWebToken.Encode(claims)}";
        lock (_gate)
        {
            return $"{text}.{Base64Url.EncodeToString(state.Signer.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
    }

    /// <summary>Whether one of the keys signed the token.</summary>
    public bool Verifies(JsonWebToken token) => Current().Keys.Any(key => (token.KeyId.Length == 0 || key.Id == token.KeyId) && key.Verifier.Verifies(token));

    /// <summary>The newest key has been used for long enough.</summary>
    public bool IsDue => IsOver(Current().Keys[^1].Made);

    /// <summary>The newest of the keys in these files has been used for long enough.</summary>
    public bool IsDueAmong(IEnumerable<string> files) => IsOver(files.Select(MadeAt).DefaultIfEmpty().Max());

    /// <summary>The files of all keys, by name.</summary>
    public Dictionary<string, byte[]> Files()
    {
        lock (_gate)
        {
            Load();
            return Directory.GetFiles(Home, "*.pem").ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes);
        }
    }

    /// <summary>What becomes of these files when a new key is made: the new one, the others without their private half, and null for those that have outlived every token.</summary>
    public Dictionary<string, byte[]?> Next(IReadOnlyDictionary<string, byte[]> files)
    {
        var now = time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var next = new Dictionary<string, byte[]?> { [NameAt(now)] = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n") };
        var older = files.Keys.Order(StringComparer.Ordinal).ToList();
        for (var index = 0; index < older.Count; index++)
        {
            // A key is used until the next one is made.
            next[older[index]] = index + 1 < older.Count && now - MadeAt(older[index + 1]) > LongestLife ? null : PublicOf(files[older[index]], older[index]);
        }

        return next;
    }

    /// <summary>Takes over the keys that another server made: these and no others are believed, and the newest signs.</summary>
    public void Adopt(IReadOnlyDictionary<string, byte[]> files)
    {
        lock (_gate)
        {
            var own = Directory.Exists(Home) ? Directory.GetFiles(Home, "*.pem").ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes) : [];
            if (own.Count == files.Count && files.All(one => own.TryGetValue(one.Key, out var bytes) && bytes.AsSpan().SequenceEqual(one.Value)))
            {
                return;
            }

            foreach (var (name, bytes) in files)
            {
                PrivateFile.Replace(Path.Combine(Home, name), bytes);
            }

            foreach (var name in own.Keys.Where(name => !files.ContainsKey(name)))
            {
                File.Delete(Path.Combine(Home, name));
            }

            _state = Read();
        }
    }

    /// <summary>Makes a new key where the newest is too old, and forgets those that no living token can have.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            if (!IsOver(Load().Keys[^1].Made))
            {
                return;
            }

            MakeKey();
            _state = Read();
        }
    }

    public void Dispose()
    {
        _state?.Signer.Dispose();
        foreach (var key in _state?.Keys ?? [])
        {
            key.Verifier.Dispose();
        }
    }

    private State Current()
    {
        lock (_gate)
        {
            return Load();
        }
    }

    private State Load()
    {
        if (_state is null)
        {
            PrivateFile.Sweep(Home);
            if (!Directory.Exists(Home) || !Directory.EnumerateFiles(Home, "*.pem").Any())
            {
                MakeKey();
            }

            _state = Read();
        }

        return _state;
    }

    // The new private key is written first; then the older files lose theirs, and those are removed that have outlived every token.
    private void MakeKey()
    {
        var older = Directory.Exists(Home) ? Directory.GetFiles(Home, "*.pem") : [];
        foreach (var (name, bytes) in Next(older.ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes)))
        {
            if (bytes is null)
            {
                File.Delete(Path.Combine(Home, name));
            }
            else
            {
                PrivateFile.Replace(Path.Combine(Home, name), bytes);
            }
        }
    }

    private bool IsOver(DateTimeOffset made) => time.GetUtcNow() - made >= options.SigningKeyLifetime;

    private static string NameAt(DateTimeOffset now) => $"{now.ToUnixTimeMilliseconds():d15}.pem";

    private static byte[] PublicOf(byte[] pem, string name)
    {
        using var key = ReadKey(Encoding.ASCII.GetString(pem), name);
        return Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private State Read()
    {
        var paths = Directory.GetFiles(Home, "*.pem").Order(StringComparer.Ordinal).ToList();
        var keys = paths.Select(static path =>
        {
            var key = ReadKey(File.ReadAllText(path), path);
            var id = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
            return new Key(id, MadeAt(path), new VerificationKey(id, key), ToJwk(id, key));
        }).ToList();
        return new State(ReadKey(File.ReadAllText(paths[^1]), paths[^1]), keys);
    }

    private static DateTimeOffset MadeAt(string path) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.TryParse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture, out var made) ? made : 0);

    private static ECDsa ReadKey(string pem, string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new NaruException(ErrorKind.DataLoss, $"key file {path} is damaged: {exception.Message}", exception);
        }
    }

    private static MapValue ToJwk(string id, ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return new MapValue
        {
            ["use"] = "sig", ["kty"] = "EC", ["kid"] = id, ["crv"] = "P-256", ["alg"] = "ES256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    private sealed record Key(string Id, DateTimeOffset Made, VerificationKey Verifier, MapValue Jwk);

    private sealed record State(ECDsa Signer, List<Key> Keys);
}
