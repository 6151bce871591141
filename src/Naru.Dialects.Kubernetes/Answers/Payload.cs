namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>The bytes of an answer: pieces that are sent one after the other, most of them shared with the cache.</summary>
internal sealed class Payload
{
    private readonly List<ReadOnlyMemory<byte>> _pieces;

    public Payload(int capacity = 4) => _pieces = new(capacity);

    public Payload(ReadOnlyMemory<byte> bytes)
        : this(2) => Add(bytes);

    /// <summary>In order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces => _pieces;

    /// <summary>Bytes of all pieces.</summary>
    public long Length { get; private set; }

    public void Add(ReadOnlyMemory<byte> piece)
    {
        if (piece.Length > 0)
        {
            _pieces.Add(piece);
            Length += piece.Length;
        }
    }

    /// <summary>All pieces in an array of their own.</summary>
    public byte[] ToArray()
    {
        var all = new byte[Length];
        var place = 0;
        foreach (var piece in _pieces)
        {
            piece.CopyTo(all.AsMemory(place));
            place += piece.Length;
        }

        return all;
    }
}
