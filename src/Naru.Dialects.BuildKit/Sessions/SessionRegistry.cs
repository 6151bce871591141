using Naru.Core.Errors;

namespace Naru.Dialects.BuildKit.Sessions;

/// <summary>The callers that are here now, by the id they chose.</summary>
internal sealed class SessionRegistry(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<CallerSession>> _sessions = new(StringComparer.Ordinal);

    public void Add(CallerSession session)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(session.Id, out var waiting) || waiting.Task.IsCompleted)
            {
                _sessions[session.Id] = waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            waiting.TrySetResult(session);
        }
    }

    public void Remove(CallerSession session)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(session.Id, out var known) && known.Task is { IsCompletedSuccessfully: true } task && task.Result == session)
            {
                _sessions.Remove(session.Id);
            }
        }
    }

    /// <summary>The session of an id; one that is about to come is waited for.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.NotFound"/>: it did not come.</exception>
    public async Task<CallerSession> GetAsync(string id, CancellationToken cancellationToken)
    {
        TaskCompletionSource<CallerSession>? waiting;
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out waiting))
            {
                _sessions[id] = waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        try
        {
            return await waiting.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                if (!waiting.Task.IsCompleted && _sessions.GetValueOrDefault(id) == waiting)
                {
                    _sessions.Remove(id);
                }
            }

            throw NaruException.NotFound($"no active session for {id}: context deadline exceeded");
        }
    }
}
