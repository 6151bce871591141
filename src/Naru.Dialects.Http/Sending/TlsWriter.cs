using System.Buffers;
using System.IO.Pipelines;

namespace Naru.Dialects.Http.Sending;

/// <summary>
/// Writes to TLS in full records (16 KiB, RFC 8446, 5.1), and what is flushed together in as few calls of the kernel as may be. Kestrel's own way is records of 4 KiB.
/// </summary>
/// <param name="tls">Writes to <paramref name="socket"/>.</param>
/// <param name="socket">Held while several records are made.</param>
internal sealed class TlsWriter(Stream tls, SocketWriter socket) : PipeWriter, ITlsSending
{
    private const int Record = 16 * 1024;

    private static readonly FlushResult Sent = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Over = new(isCanceled: false, isCompleted: true);

    private readonly List<ArraySegment<byte>> _full = [];
    private byte[] _last = [];
    private int _count;
    private bool _over;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes
    {
        get
        {
            var sum = (long)_count;
            foreach (var one in _full)
            {
                sum += one.Count;
            }

            return sum;
        }
    }

    public override void Advance(int bytes) => _count += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _count < Math.Max(sizeHint, 1))
        {
            Close();
            _last = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, Record));
        }

        return _last.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Does nothing: a send ends by itself or with its connection.</summary>
    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        _over = true;
        Empty();
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_count == 0 && _full.Count == 0)
        {
            return _over ? Over : Sent;
        }

        try
        {
            if (_full.Count == 0)
            {
                await WriteToTlsAsync(_last.AsMemory(0, _count));
            }
            else
            {
                Close();
                await SendFullAsync();
            }
        }
        finally
        {
            Empty();
        }

        return _over ? Over : Sent;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= Record)
        {
            await WriteToTlsAsync(bytes);
            return;
        }

        socket.Hold(bytes.Length);
        await WriteToTlsAsync(bytes);
        await socket.ReleaseAsync();
    }

    private async ValueTask SendFullAsync()
    {
        socket.Hold(_full.Count * Record);
        foreach (var one in _full)
        {
            await WriteToTlsAsync(one);
        }

        await socket.ReleaseAsync();
    }

    private async ValueTask WriteToTlsAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!_over)
            {
                await tls.WriteAsync(bytes, CancellationToken.None);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            _over = true;
        }
    }

    private void Close()
    {
        if (_count > 0)
        {
            _full.Add(new ArraySegment<byte>(_last, 0, _count));
        }
        else
        {
            Return(_last);
        }

        (_last, _count) = ([], 0);
    }

    // Nothing is kept while nothing waits: most connections rest.
    private void Empty()
    {
        Close();
        _full.ForEach(static one => Return(one.Array!));
        _full.Clear();
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
