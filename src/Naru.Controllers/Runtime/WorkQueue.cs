using Microsoft.Extensions.Logging;
using Naru.Core.Errors;

namespace Naru.Controllers.Runtime;

/// <summary>
/// The keys that a controller has to work on. Equal keys merge; a key is worked on by one worker at a time, and once more if it was added meanwhile; failures
/// back off per key. Workers exist only while there is work, and one timer serves all delayed keys: an idle queue costs nothing.
/// </summary>
public sealed partial class WorkQueue : IKeys
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, long> _dirty = [];
    private readonly HashSet<ObjectKey> _working = [];
    private readonly Queue<ObjectKey> _ready = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly HashSet<Task> _workers = [];
    private readonly DelayedKeys _delayed;
    private readonly string _name;
    private readonly int _limit;
    private readonly Func<ObjectKey, CancellationToken, Task<Requeue>> _work;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyValuePair<string, object?> _tag;
    private CancellationToken _stop = new(canceled: true);

    /// <summary>A queue that takes keys and works on none of them before <see cref="Start"/>.</summary>
    public WorkQueue(string name, int workers, Func<ObjectKey, CancellationToken, Task<Requeue>> work, TimeProvider time, ILogger logger)
    {
        _name = name;
        _limit = Math.Max(1, workers);
        _work = work;
        _time = time;
        _logger = logger;
        _tag = new("name", name);
        _delayed = new DelayedKeys(time, Add);
    }

    /// <summary>Nothing waits and nobody works; delayed keys do not count.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count == 0 && _working.Count == 0 && _workers.Count == 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Add(ObjectKey key)
    {
        lock (_lock)
        {
            if (!_dirty.TryAdd(key, _time.GetTimestamp()))
            {
                return;
            }

            QueueMetrics.Adds.Add(1, _tag);
            if (!_working.Contains(key))
            {
                Ready(key);
            }
        }
    }

    /// <inheritdoc/>
    public void AddAfter(ObjectKey key, TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            Add(key);
        }
        else
        {
            _delayed.Add(key, time);
        }
    }

    /// <summary>Starts to work, until the token ends.</summary>
    public void Start(CancellationToken stop)
    {
        lock (_lock)
        {
            _stop = stop;
            for (var waiting = _ready.Count; waiting > 0; waiting--)
            {
                Hire();
            }
        }
    }

    /// <summary>Waits until nobody works any longer; the token of <see cref="Start"/> must have ended. Forgets all keys.</summary>
    public async Task StopAsync()
    {
        Task[] workers;
        lock (_lock)
        {
            _stop = new(canceled: true);
            workers = [.. _workers];
        }

        await Task.WhenAll(workers);
        _delayed.Clear();
        lock (_lock)
        {
            QueueMetrics.Depth.Add(-_ready.Count, _tag);
            _ready.Clear();
            _dirty.Clear();
            _failures.Clear();
        }
    }

    private void Ready(ObjectKey key)
    {
        _ready.Enqueue(key);
        QueueMetrics.Depth.Add(1, _tag);
        Hire();
    }

    private void Hire()
    {
        if (_workers.Count >= _limit || _stop.IsCancellationRequested)
        {
            return;
        }

        var stop = _stop;
        var hired = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = Task.Run(async () => await WorkAsync(await hired.Task, stop), CancellationToken.None);
        _workers.Add(worker);
        hired.SetResult(worker);
    }

    private async Task WorkAsync(Task self, CancellationToken stop)
    {
        while (Take(self, stop) is { } key)
        {
            var started = _time.GetTimestamp();
            var again = await TryAsync(key, stop);
            QueueMetrics.WorkDuration.Record(_time.GetElapsedTime(started).TotalSeconds, _tag);
            Done(key);
            if (again.After is { } time)
            {
                AddAfter(key, time);
            }
        }
    }

    private async Task<Requeue> TryAsync(ObjectKey key, CancellationToken stop)
    {
        try
        {
            var again = await _work(key, stop);
            Forget(key);
            return again;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Requeue.No;
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound or ErrorKind.AlreadyExists)
        {
            LogOvertaken(_name, key.ToString(), failure.Message);
            return BackOff(key);
        }
        catch (NaruException failure) when (failure.Details?.Causes.Any(static cause => cause.Reason == "NamespaceTerminating") == true)
        {
            // What belongs to the key goes with its namespace: trying again could only end in the same answer, until the key is no more.
            LogEnding(_name, key.ToString(), failure.Message);
            Forget(key);
            return Requeue.No;
        }
#pragma warning disable CA1031 // The queue is the supervisor of its workers: whatever one key does must not end the work on the others.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(_name, key.ToString(), failure.Message, failure is NaruException ? null : failure);
            return BackOff(key);
        }
    }

    private void Forget(ObjectKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    private Requeue BackOff(ObjectKey key)
    {
        QueueMetrics.Retries.Add(1, _tag);
        lock (_lock)
        {
            var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
            var time = FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 30));
            return Requeue.In(time < LongestBackOff ? time : LongestBackOff);
        }
    }

    private ObjectKey? Take(Task self, CancellationToken stop)
    {
        lock (_lock)
        {
            if (stop.IsCancellationRequested || !_ready.TryDequeue(out var key))
            {
                _workers.Remove(self);
                return null;
            }

            QueueMetrics.Depth.Add(-1, _tag);
            if (_dirty.Remove(key, out var added))
            {
                QueueMetrics.Latency.Record(_time.GetElapsedTime(added).TotalSeconds, _tag);
            }

            _working.Add(key);
            return key;
        }
    }

    private void Done(ObjectKey key)
    {
        lock (_lock)
        {
            _working.Remove(key);
            if (_dirty.ContainsKey(key))
            {
                Ready(key);
            }
        }
    }

    [LoggerMessage(12000, LogLevel.Debug, "{Controller}: {Key}: {Reason}; trying again")]
    private partial void LogOvertaken(string controller, string key, string reason);

    [LoggerMessage(12002, LogLevel.Debug, "{Controller}: {Key}: {Reason}; left alone")]
    private partial void LogEnding(string controller, string key, string reason);

    [LoggerMessage(12001, LogLevel.Warning, "{Controller}: {Key}: {Reason}; trying again later")]
    private partial void LogFailed(string controller, string key, string reason, Exception? failure);
}
