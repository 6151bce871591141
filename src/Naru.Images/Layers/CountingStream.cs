namespace Naru.Images.Layers;

/// <summary>Counts what passes.</summary>
internal sealed class CountingStream(Stream inner) : PassingStream(inner)
{
    /// <summary>Bytes so far.</summary>
    internal long Count { get; private set; }

    protected override void Passed(ReadOnlySpan<byte> bytes) => Count += bytes.Length;
}
