using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;

namespace Naru.Scheduling.Queueing;

/// <summary>Pods that wait: highest priority first, then who came first. Refused pods wait until something happens that can help them, and then as long as their
/// back-off takes. One thread.</summary>
internal sealed class PodQueue(SchedulingOptions options, TimeProvider time)
{
    private readonly Dictionary<(string, string), QueuedPod> _pods = [];
    private readonly PriorityQueue<(QueuedPod Pod, int Stamp), (int Priority, string Created, long Number)> _turn = new(TurnOrder.Instance);
    private readonly PriorityQueue<(QueuedPod Pod, int Stamp), DateTimeOffset> _backoff = new();
    private readonly HashSet<QueuedPod> _refused = [];
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

    /// <summary>Puts a pod whose binding failed back, after its back-off.</summary>
    public void Retry(QueuedPod pod) => Move(pod, WaitingFor.Backoff);

    /// <summary>Something happened: pods that it can help wait for their turn again.</summary>
    public void Wake(RefusedBy helped, Func<PodFacts, bool> helps)
    {
        if (_refused.Count == 0)
        {
            return;
        }

        Dictionary<object, bool> known = [];
        foreach (var pod in _refused.Where(pod => (pod.RefusedBy & helped) != 0 || pod.RefusedBy == RefusedBy.None).ToList())
        {
            if (!known.TryGetValue(pod.Facts.Class, out var help))
            {
                known[pod.Facts.Class] = help = helps(pod.Facts);
            }

            if (help)
            {
                Move(pod, WaitingFor.Backoff);
            }
        }
    }

    /// <summary>Gives those that waited too long another turn.</summary>
    public void WakeOld()
    {
        var now = time.GetUtcNow();
        foreach (var pod in _refused.Where(pod => now - pod.LastTry >= options.MaxUnschedulable).ToList())
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
                _turn.Enqueue((pod, pod.Stamp), (pod.Facts.Priority, pod.Facts.Created, pod.Number));
                break;
            case WaitingFor.Backoff:
                _backoff.Enqueue((pod, pod.Stamp), pod.LastTry + Backoff(pod.Attempts));
                break;
            case WaitingFor.Change:
                _refused.Add(pod);
                break;
        }
    }

    private TimeSpan Backoff(int attempts)
    {
        var wait = options.InitialBackoff * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return wait > options.MaxBackoff ? options.MaxBackoff : wait;
    }

    private sealed class TurnOrder : IComparer<(int Priority, string Created, long Number)>
    {
        public static readonly TurnOrder Instance = new();

        public int Compare((int Priority, string Created, long Number) x, (int Priority, string Created, long Number) y)
        {
            var order = y.Priority.CompareTo(x.Priority);
            order = order != 0 ? order : string.CompareOrdinal(x.Created, y.Created);
            return order != 0 ? order : x.Number.CompareTo(y.Number);
        }
    }
}
