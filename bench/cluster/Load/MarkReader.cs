using System.Buffers.Text;
using Naru.Cluster.Bench.Http;

namespace Naru.Cluster.Bench.Load;

/// <summary>Looks along a stream of changes for marks: a text, then a number. Finds those that two reads divide.</summary>
internal sealed class MarkReader(ChunkedBody body, byte[] mark, int digits)
{
    private readonly byte[] _seam = new byte[2 * (mark.Length + digits)];
    private int _kept;

    /// <summary>Calls back for each mark's number, until the token ends it.</summary>
    public async Task ReadAsync(Action<long> found, CancellationToken cancellationToken)
    {
        while (true)
        {
            var piece = await body.ReadAsync(cancellationToken);
            if (piece.IsEmpty)
            {
                throw new IOException("the watch ended");
            }

            Take(piece.Span, found);
        }
    }

    private void Take(ReadOnlySpan<byte> piece, Action<long> found)
    {
        // What was left of the piece before may begin a mark that ends in this one.
        var added = Math.Min(piece.Length, _seam.Length - _kept);
        if (_kept > 0)
        {
            piece[..added].CopyTo(_seam.AsSpan(_kept));
            var rest = Scan(_seam.AsSpan(0, _kept + added), found);
            if (rest > added || added == piece.Length)
            {
                _seam.AsSpan(_kept + added - rest, rest).CopyTo(_seam);
                _kept = rest;
                return;
            }

            piece = piece[(added - rest)..];
        }

        _kept = Scan(piece, found);
        piece[^_kept..].CopyTo(_seam);
    }

    // Gives how many bytes at the end may be the beginning of a mark.
    private int Scan(ReadOnlySpan<byte> rest, Action<long> found)
    {
        int at;
        while ((at = rest.IndexOf(mark)) >= 0 && at + mark.Length + digits <= rest.Length)
        {
            rest = rest[(at + mark.Length)..];
            if (digits == 0)
            {
                found(0);
            }
            else if (Utf8Parser.TryParse(rest[..digits], out long number, out _))
            {
                found(number);
            }
        }

        return at >= 0 ? rest.Length - at : Math.Min(rest.Length, mark.Length - 1);
    }
}
