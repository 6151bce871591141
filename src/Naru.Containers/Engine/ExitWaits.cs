using Naru.Core.Containers;

namespace Naru.Containers.Engine;

/// <summary>Those who wait for a container's ends. Any thread may arm; the container's gate holder releases.</summary>
internal sealed class ExitWaits
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ContainerExit> _removed = New();
    private TaskCompletionSource<ContainerExit> _nextExit = New();

    /// <summary>Ends with the next end of the container, or with its removal.</summary>
    public Task<ContainerExit> NextExit
    {
        get
        {
            lock (_lock)
            {
                return _nextExit.Task;
            }
        }
    }

    /// <summary>Ends with the removal.</summary>
    public Task<ContainerExit> Removed => _removed.Task;

    public void ReleaseExit(ContainerExit exit)
    {
        TaskCompletionSource<ContainerExit> next;
        lock (_lock)
        {
            (next, _nextExit) = (_nextExit, New());
        }

        next.TrySetResult(exit);
    }

    public void ReleaseRemoved(ContainerExit exit)
    {
        ReleaseExit(exit);
        _removed.TrySetResult(exit);
    }

    private static TaskCompletionSource<ContainerExit> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
