using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>One build of a caller: its Control.Solve is open, gateway calls and Status refer to it by its reference.</summary>
internal sealed class SolveJob : IAsyncDisposable
{
    private readonly Dictionary<string, ISolvedBuild> _results = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _contexts = [];
    private readonly Lock _lock = new();

    public required string Reference { get; init; }

    public required CallerSession? Session { get; init; }

    public required StatusBoard Board { get; init; }

    /// <summary>Cancelled when the caller's Solve ends or the caller has gone.</summary>
    public required CancellationToken Stopped { get; init; }

    /// <summary>What the caller's gateway returned.</summary>
    public TaskCompletionSource<ReturnRequest> Returned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Add(ISolvedBuild result)
    {
        var id = Guid.NewGuid().ToString("N");
        lock (_lock)
        {
            _results[id] = result;
        }

        return id;
    }

    public ISolvedBuild? Find(string id)
    {
        lock (_lock)
        {
            return _results.GetValueOrDefault(id);
        }
    }

    /// <summary>Keeps a context until the job ends.</summary>
    public T Own<T>(T context)
        where T : IAsyncDisposable
    {
        lock (_lock)
        {
            _contexts.Add(context);
        }

        return context;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var result in _results.Values)
        {
            await result.DisposeAsync();
        }

        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }
    }
}
