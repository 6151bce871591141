using Naru.Linux.Notify;

namespace Naru.Containers.Logs;

/// <summary>
/// Tells when something in a log's directory was written or renamed: one inotify instance for all. Looks at most every
/// <see cref="Pause"/>, so that a container that writes at full speed is not slowed by being watched.
/// </summary>
internal sealed class LogWatch(DescriptorPoller poller, TimeProvider time) : IAsyncDisposable
{
    private const FileEventKinds Wanted = FileEventKinds.Modified | FileEventKinds.MovedInto | FileEventKinds.Created;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _byDirectory = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Watched> _byNumber = [];
    private readonly CancellationTokenSource _stop = new();
    private FileWatcher? _watcher;
    private Task _reading = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watcher?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Calls back, on any thread and briefly, after each change until disposed.</summary>
    internal IDisposable Subscribe(string directory, Action changed)
    {
        lock (_lock)
        {
            if (_watcher is null)
            {
                _watcher = new FileWatcher(poller);
                _reading = Task.Run(() => ReadAsync(_watcher));
            }

            if (!_byDirectory.TryGetValue(directory, out var watched))
            {
                watched = new Watched(directory, _watcher.Add(directory, Wanted));
                _byDirectory.Add(directory, watched);
                _byNumber[watched.Number] = watched;
            }

            watched.Callbacks.Add(changed);
            return new Subscription(this, watched, changed);
        }
    }

    private void Unsubscribe(Watched watched, Action changed)
    {
        lock (_lock)
        {
            if (watched.Callbacks.Remove(changed) && watched.Callbacks.Count == 0)
            {
                Forget(watched);
                _watcher!.Remove(watched.Number);
            }
        }
    }

    private void Forget(Watched watched)
    {
        if (_byDirectory.GetValueOrDefault(watched.Directory) == watched)
        {
            _byDirectory.Remove(watched.Directory);
        }

        if (_byNumber.GetValueOrDefault(watched.Number) == watched)
        {
            _byNumber.Remove(watched.Number);
        }
    }

    private async Task ReadAsync(FileWatcher watcher)
    {
        var events = new List<FileEvent>();
        while (!_stop.IsCancellationRequested)
        {
            events.Clear();
            await watcher.ReadAsync(events, _stop.Token);
            foreach (var callback in CallbacksOf(events))
            {
                callback();
            }

            await Task.Delay(Pause, time, _stop.Token);
        }
    }

    private HashSet<Action> CallbacksOf(List<FileEvent> events)
    {
        var callbacks = new HashSet<Action>();
        lock (_lock)
        {
            foreach (var happened in events)
            {
                if (happened.Kinds.HasFlag(FileEventKinds.Overflow))
                {
                    callbacks.UnionWith(_byNumber.Values.SelectMany(watched => watched.Callbacks));
                }
                else if (_byNumber.TryGetValue(happened.Watch, out var watched))
                {
                    callbacks.UnionWith(watched.Callbacks);
                    if (happened.Kinds.HasFlag(FileEventKinds.Ignored))
                    {
                        Forget(watched);
                    }
                }
            }
        }

        return callbacks;
    }

    private sealed record Watched(string Directory, int Number)
    {
        internal List<Action> Callbacks { get; } = [];
    }

    private sealed class Subscription(LogWatch watch, Watched watched, Action changed) : IDisposable
    {
        public void Dispose() => watch.Unsubscribe(watched, changed);
    }
}
