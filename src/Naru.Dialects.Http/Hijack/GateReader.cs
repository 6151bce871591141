using System.IO.Pipelines;

namespace Naru.Dialects.Http.Hijack;

/// <summary>
/// The reader that Kestrel holds: the connection's own until the connection is taken, from then on one that has ended,
/// so that Kestrel waits for no further request.
/// </summary>
internal sealed class GateReader(PipeReader inner, ConnectionHijack hijack) : PipeReader
{
    private static readonly ReadResult Ended = new(default, isCanceled: false, isCompleted: true);

    public override bool TryRead(out ReadResult result)
    {
        if (hijack.Taken)
        {
            result = Ended;
            return true;
        }
        return inner.TryRead(out result);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        hijack.Taken ? ValueTask.FromResult(Ended) : inner.ReadAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (!hijack.Taken)
        {
            inner.AdvanceTo(consumed);
        }
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!hijack.Taken)
        {
            inner.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead()
    {
        if (!hijack.Taken)
        {
            inner.CancelPendingRead();
        }
    }

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
