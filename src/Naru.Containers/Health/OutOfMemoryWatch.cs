using System.Collections.Concurrent;
using Naru.Containers.Engine;
using Naru.Containers.Lifecycle;
using Naru.Linux.Notify;

namespace Naru.Containers.Health;

/// <summary>Tells when a container runs out of memory, also when it goes on: its monitor leaves a file named <c>oom</c> in the bundle.</summary>
internal sealed class OutOfMemoryWatch(
    ContainerLifecycle lifecycle, RunLayout layout, ContainerEvents events, BackgroundWork background, DescriptorPoller poller) : IDisposable
{
    private const string FileName = "oom";
    private readonly ConcurrentDictionary<int, ContainerCell> _watches = new();
    private readonly FileWatcher _watcher = new(poller);

    /// <summary>Begins to listen for runs.</summary>
    public void Attach()
    {
        lifecycle.RunBegan += Begin;
        background.Run("the watch for out-of-memory kills", ReadAsync);
    }

    public void Dispose() => _watcher.Dispose();

    private void Begin(ContainerCell cell, CancellationToken runEnded)
    {
        var watch = _watcher.Add(layout.BundleOf(cell.Id), FileEventKinds.Created);
        _watches[watch] = cell;
        runEnded.UnsafeRegister(_ => _watches.TryRemove(watch, out var _), null);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var happened = new List<FileEvent>();
        while (true)
        {
            happened.Clear();
            await _watcher.ReadAsync(happened, cancellationToken);
            foreach (var file in happened.Where(static file => file.Name == FileName))
            {
                if (_watches.TryGetValue(file.Watch, out var cell))
                {
                    await NoteAsync(cell, cancellationToken);
                }
            }
        }
    }

    private async Task NoteAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        var container = cell.Value;
        if (container.IsLive && !container.Status.OomKilled)
        {
            lifecycle.Save(cell, container with { Status = container.Status with { OomKilled = true } });
            events.Publish(cell.Value, "oom");
        }
    }
}
