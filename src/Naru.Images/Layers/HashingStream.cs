using System.Security.Cryptography;
using Naru.Core.Images;

namespace Naru.Images.Layers;

/// <summary>Hashes and counts what passes, read or written. Asynchronous only.</summary>
internal sealed class HashingStream(Stream inner) : PassingStream(inner)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes so far.</summary>
    internal long Count { get; private set; }

    internal Digest GetDigest() => Digest.FromHash(_hash.GetCurrentHash());

    protected override void Passed(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Count += bytes.Length;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
