using System.IO.Pipelines;

namespace Naru.Dialects.Http.Hijack;

/// <summary>
/// The writer that Kestrel holds: the connection's own until the connection is taken, from then on one that swallows the
/// answer which Kestrel makes up when the handler returns.
/// </summary>
internal sealed class GateWriter(PipeWriter inner, ConnectionHijack hijack) : PipeWriter
{
    private byte[] _swallow = [];

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => hijack.Taken ? 0 : inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        if (!hijack.Taken)
        {
            inner.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => hijack.Taken ? Swallow(sizeHint) : inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => hijack.Taken ? Swallow(sizeHint) : inner.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
        if (!hijack.Taken)
        {
            inner.CancelPendingFlush();
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        hijack.Taken ? ValueTask.FromResult(new FlushResult(false, false)) : inner.FlushAsync(cancellationToken);

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private byte[] Swallow(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 4096);
        if (_swallow.Length < wanted)
        {
            _swallow = GC.AllocateUninitializedArray<byte>(wanted);
        }
        return _swallow;
    }
}
