using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite.Writing;

/// <summary>How much history there is and how old it is, in pieces that are forgotten whole. Used by the writer's thread alone.</summary>
internal sealed class HistoryLedger(TimeSpan age, long size)
{
    private const long PieceBytes = 64 << 10;
    private const long PieceMilliseconds = 1000;
    private readonly Queue<Piece> _pieces = new();
    private Piece _last;

    /// <summary>All history's bytes, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>What a row of history takes, about.</summary>
    public static long SizeOf(int key, int value) => key + value + 32;

    public void Load(Connection connection)
    {
        using var rows = connection.Prepare($"SELECT id >> {Schema.PositionBits} AS revision, max(at), sum(length(key) + ifnull(length(value), 0) + 32) FROM history GROUP BY revision ORDER BY revision");
        while (rows.Step())
        {
            Add(rows.Number(0), rows.Number(1), rows.Number(2));
        }
    }

    public void Add(long revision, long at, long bytes)
    {
        Bytes += bytes;
        if (_last.Bytes > 0 && _last.Bytes + bytes <= PieceBytes && at - _last.Began <= PieceMilliseconds)
        {
            _last = _last with { Revision = revision, Bytes = _last.Bytes + bytes };
            return;
        }

        if (_last.Bytes > 0)
        {
            _pieces.Enqueue(_last);
        }

        _last = new Piece(revision, at, bytes);
    }

    /// <summary>The oldest piece if it is to be forgotten now.</summary>
    public bool TryOldest(long now, long compacted, out long revision, out long bytes)
    {
        var piece = _pieces.Count > 0 ? _pieces.Peek() : _last;
        (revision, bytes) = (piece.Revision, piece.Bytes);
        return piece.Bytes > 0 && (piece.Revision <= compacted || Bytes > size || now - piece.Began > age.TotalMilliseconds);
    }

    public void RemoveOldest()
    {
        if (_pieces.TryDequeue(out var piece))
        {
            Bytes -= piece.Bytes;
        }
        else
        {
            Bytes -= _last.Bytes;
            _last = default;
        }
    }

    /// <param name="Revision">Last revision in it.</param>
    /// <param name="Began">Time of its first change.</param>
    /// <param name="Bytes">Its size.</param>
    private readonly record struct Piece(long Revision, long Began, long Bytes);
}
