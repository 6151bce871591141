using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Naru.Dialects.Http.Sending;

/// <summary>
/// Writes to a socket at once, on the thread that has the bytes. Kestrel's own way leads over a pipe to a loop that sends what is in it: a copy and a change of threads for each answer. A socket that has failed
/// swallows what follows, as that pipe does: the reading side tells Kestrel.
/// </summary>
/// <param name="socket">Owned by the transport, which also ends sends that wait when the connection is aborted.</param>
internal sealed class SocketWriter(Socket socket) : PipeWriter
{
    private const int MostHeld = 64 * 1024;
    private const int LargestRecord = 16 * 1024 + 256;

    private static readonly FlushResult Sent = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Over = new(isCanceled: false, isCompleted: true);

    private byte[] _gathered = [];
    private int _count;
    private bool _held;
    private bool _over;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _count;

    public override void Advance(int bytes) => _count += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _gathered.AsMemory(_count);
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

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_count == 0 && !_held)
        {
            return SendAsync(source, cancellationToken);
        }

        source.Span.CopyTo(GetSpan(source.Length));
        _count += source.Length;
        return _held && _count >= MostHeld ? SendGatheredAsync(cancellationToken) : FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _held || _count == 0 ? ValueTask.FromResult(_over ? Over : Sent) : SendGatheredAsync(cancellationToken);

    /// <summary>Gathers what is written from now on, up to a size: the records that TLS makes of one long write leave in few calls of the kernel. One writer at a time.</summary>
    /// <param name="expected">Bytes, about.</param>
    public void Hold(int expected)
    {
        _held = true;
        MakeRoom(Math.Min(expected, MostHeld) + LargestRecord);
    }

    /// <summary>Sends what was gathered, and from now on at once again.</summary>
    public async ValueTask ReleaseAsync()
    {
        _held = false;
        await FlushAsync(CancellationToken.None);
    }

    private async ValueTask<FlushResult> SendGatheredAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(_gathered.AsMemory(0, _count), cancellationToken);
        }
        finally
        {
            Empty();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        try
        {
            while (!_over && rest.Length > 0)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            _over = true;
        }

        return _over ? Over : Sent;
    }

    private void MakeRoom(int wanted)
    {
        if (_gathered.Length - _count >= wanted)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + wanted, _gathered.Length * 2));
        _gathered.AsSpan(0, _count).CopyTo(larger);
        Return();
        _gathered = larger;
    }

    // Nothing is kept while nothing waits: most connections rest.
    private void Empty()
    {
        Return();
        _gathered = [];
        _count = 0;
    }

    private void Return()
    {
        if (_gathered.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_gathered);
        }
    }
}
