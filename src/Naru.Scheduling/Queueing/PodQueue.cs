using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;

namespace Naru.Scheduling.Queueing;

/// <summary>Pods that wait: highest priority first, then who came first. Refused pods wait until something happens that can help them, and then as long as their
/// back-off takes. One thread.</summary>
internal sealed class PodQueue(SchedulingOptions options, TimeProvider time)
{
    private readonly Dictionary<(string, string), QueuedPod> _pods = [];
    // Of a line, that many may be woken before one is found that need not wait out its back-off.
    private const int MostWoken = 8;

    private readonly PriorityQueue<(QueuedPod Pod, int Stamp), (int Priority, string Created, long Number)> _turn = new(QueueOrder.Instance);
    private readonly PriorityQueue<(QueuedPod Pod, int Stamp), DateTimeOffset> _backoff = new();
    private readonly RefusedLines _refused = new();
    private long _number;

    public IReadOnlyCollection<QueuedPod> Pods => _pods.Values;

    /// <summary>When the next back-off ends; null if nobody waits for it.</summary>
    public DateTimeOffset? NextBackoff => _backoff.TryPeek(out _, out var at) ? at : null;

    public QueuedPod? Find((string, string) key) => _pods.GetValueOrDefault(key);

    public int Count(WaitingFor state) => _pods.Values.Count(pod => pod.State == state);

    /// <summary>Takes a pod in or takes note of its change. A change that can matter gives a refused pod another turn.</summary>
    public QueuedPod Set(PodFacts facts)
    {
        if (!_pods.TryGetValue(facts.Key, out var pod) || pod.Facts.Uid != facts.Uid)
        {
            Remove(facts.Key);
            _pods[facts.Key] = pod = new(facts, ++_number) { Arrived = time.GetUtcNow() };
            Move(pod, facts.Gated ? WaitingFor.Gates : WaitingFor.Turn);
            return pod;
        }

        var changed = !ReferenceEquals(pod.Facts.Class, facts.Class) || pod.Facts.Priority != facts.Priority || !pod.Facts.Claims.AsSpan().SequenceEqual(facts.Claims);
        if (changed && pod.State == WaitingFor.Change)
        {
            // Its line is that of pods as it was.
            _refused.Remove(pod);
        }

        pod.Facts = facts;
        if (facts.Gated ? pod.State is not WaitingFor.Binding and not WaitingFor.Gates : pod.State == WaitingFor.Gates)
        {
            Move(pod, facts.Gated ? WaitingFor.Gates : WaitingFor.Turn);
        }
        else if (changed && pod.State is WaitingFor.Change or WaitingFor.Backoff)
        {
            Move(pod, WaitingFor.Turn);
        }

        return pod;
    }

    public void Remove((string, string) key)
    {
        if (_pods.Remove(key, out var pod))
        {
            pod.Stamp++;
            _refused.Remove(pod);
            if (pod.State is WaitingFor.Turn or WaitingFor.Backoff)
            {
                // It may have been woken for all behind it.
                WakeNext(pod);
            }
        }
    }

    /// <summary>The next in turn; null if there is none.</summary>
    public QueuedPod? Take()
    {
        Flush();
        while (_turn.TryDequeue(out var next, out _))
        {
            if (next.Stamp == next.Pod.Stamp)
            {
                next.Pod.Attempts++;
                next.Pod.LastTry = time.GetUtcNow();
                next.Pod.State = WaitingFor.Binding;
                return next.Pod;
            }
        }

        return null;
    }

    /// <summary>Puts a pod that no node took aside.</summary>
    public void Refuse(QueuedPod pod, RefusedBy by)
    {
        pod.RefusedBy = by;
        Move(pod, WaitingFor.Change);
    }

    /// <summary>Puts a pod whose binding failed back, after its back-off; where it was to go there is room for another.</summary>
    public void Retry(QueuedPod pod)
    {
        Move(pod, WaitingFor.Backoff);
        WakeNext(pod);
    }

    /// <summary>A pod has found its place: another that asks for the same may find one too.</summary>
    public void WakeNext(QueuedPod placed)
    {
        foreach (var line in _refused.Of(placed.Facts.Class))
        {
            WakeFirst(line);
        }
    }

    /// <summary>Something happened: the first of each line that it can help waits for its turn again, and those behind it for what becomes of it.</summary>
    public void Wake(RefusedBy helped, Func<PodFacts, bool> helps)
    {
        foreach (var line in _refused.Of(helped))
        {
            if (line.Min!.Facts.Claims.Length > 0)
            {
                // Volumes are each pod's own.
                foreach (var pod in line.Where(pod => helps(pod.Facts)).ToList())
                {
                    Move(pod, WaitingFor.Backoff);
                }
            }
            else if (helps(line.Min.Facts))
            {
                WakeFirst(line);
            }
        }
    }

    /// <summary>Gives those that waited too long another turn.</summary>
    public void WakeOld()
    {
        var now = time.GetUtcNow();
        foreach (var pod in _refused.Pods.Where(pod => now - pod.LastTry >= options.MaxUnschedulable).ToList())
        {
            Move(pod, WaitingFor.Turn);
        }
    }

    private void Flush()
    {
        var now = time.GetUtcNow();
        while (_backoff.TryPeek(out var next, out var at) && (at <= now || next.Stamp != next.Pod.Stamp))
        {
            _backoff.Dequeue();
            if (next.Stamp == next.Pod.Stamp)
            {
                Move(next.Pod, WaitingFor.Turn);
            }
        }
    }

    private void Move(QueuedPod pod, WaitingFor state)
    {
        pod.Stamp++;
        pod.State = state;
        _refused.Remove(pod);
        switch (state)
        {
            case WaitingFor.Turn:
                _turn.Enqueue((pod, pod.Stamp), pod.Place);
                break;
            case WaitingFor.Backoff:
                _backoff.Enqueue((pod, pod.Stamp), EndOfBackoff(pod));
                break;
            case WaitingFor.Change:
                _refused.Add(pod);
                break;
        }
    }

    private void WakeFirst(SortedSet<QueuedPod> line)
    {
        var now = time.GetUtcNow();
        for (var woken = 0; woken < MostWoken && line.Min is { } pod; woken++)
        {
            Move(pod, WaitingFor.Backoff);
            if (EndOfBackoff(pod) <= now)
            {
                return;
            }
        }
    }

    private DateTimeOffset EndOfBackoff(QueuedPod pod)
    {
        var wait = options.InitialBackoff * Math.Pow(2, Math.Clamp(pod.Attempts - 1, 0, 20));
        return pod.LastTry + (wait > options.MaxBackoff ? options.MaxBackoff : wait);
    }
}
