using System.Buffers.Text;
using Naru.Cluster.Bench.Http;

namespace Naru.Cluster.Bench.Load;

/// <summary>Looks along a stream of changes for marks: a text, then a number. Finds those that two reads divide.</summary>
internal sealed class MarkReader(ChunkedBody body, byte[] mark, int digits)
{
    private byte[] _kept = new byte[128 * 1024];
    private int _count;

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

            if (_count + piece.Length > _kept.Length)
            {
                Array.Resize(ref _kept, _count + piece.Length);
            }

            piece.CopyTo(_kept.AsMemory(_count));
            _count += piece.Length;
            Scan(found);
        }
    }

    private void Scan(Action<long> found)
    {
        var rest = _kept.AsSpan(0, _count);
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

        // What may be the beginning of a mark stays.
        var keep = at >= 0 ? rest.Length - at : Math.Min(rest.Length, mark.Length - 1);
        rest[^keep..].CopyTo(_kept);
        _count = keep;
    }
}
