using System.Collections.Immutable;
using System.Text;

namespace Naru.Core.Images;

/// <summary>Layers stacked on one another, lowest first, by the digests of their uncompressed tars.</summary>
/// <param name="DiffIds">Digest of each layer's uncompressed tar.</param>
public sealed record LayerChain(ImmutableArray<Digest> DiffIds)
{
    /// <summary>No layer: <c>scratch</c>.</summary>
    public static LayerChain Empty { get; } = new([]);

    /// <summary>Name of the whole stack (OCI image specification, "Layer ChainID"); null for the empty one.</summary>
    public Digest? ChainId
    {
        get
        {
            Digest? chain = null;
            foreach (var diff in DiffIds)
            {
                chain = chain is null ? diff : Digest.Of(Encoding.ASCII.GetBytes($"{chain.Value.Value} {diff.Value}"));
            }

            return chain;
        }
    }

    /// <summary>This chain with one layer on top.</summary>
    public LayerChain Push(Digest diffId) => new(DiffIds.Add(diffId));

    /// <summary>Same layers in the same order.</summary>
    public bool Equals(LayerChain? other) => other is not null && DiffIds.AsSpan().SequenceEqual(other.DiffIds.AsSpan());

    /// <summary>Of the topmost layer and the height.</summary>
    public override int GetHashCode() => DiffIds.Length == 0 ? 0 : HashCode.Combine(DiffIds.Length, DiffIds[^1]);
}
