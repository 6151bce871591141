using Naru.Core.Errors;

namespace Naru.Store.Sqlite.Writing;

/// <summary>What one caller wants done in the next group.</summary>
internal abstract class WriteRequest
{
    /// <summary>How many transactions it is.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Does it in the open transaction. A failure of the request alone is kept in it; what is thrown fails the whole group.</summary>
    public abstract void Apply(WriteSession session);

    /// <summary>The group is durable.</summary>
    public abstract void Complete();

    /// <summary>The group is not.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A request with an answer.</summary>
/// <param name="apply">Does it, with the answer.</param>
/// <param name="cancellationToken">A request that is cancelled before its turn is not done.</param>
internal sealed class WriteRequest<T>(Func<WriteSession, T> apply, CancellationToken cancellationToken) : WriteRequest
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _failure;

    public Task<T> Answer => _answer.Task;

    public override void Apply(WriteSession session)
    {
        _failure = null;
        if (cancellationToken.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(cancellationToken);
            return;
        }

        try
        {
            _result = apply(session);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            _failure = failure;
        }
    }

    public override void Complete()
    {
        if (_failure is null)
        {
            _answer.TrySetResult(_result);
        }
        else
        {
            Fail(_failure);
        }
    }

    public override void Fail(Exception failure)
    {
        if (failure is OperationCanceledException cancelled)
        {
            _answer.TrySetCanceled(cancelled.CancellationToken);
        }
        else
        {
            _answer.TrySetException(failure);
        }
    }
}
