using Naru.Scheduling.Queueing;

namespace Naru.Scheduling.Running;

/// <summary>Pods that were refused while others are being bound. Each telling is a write, and in such a storm many a pod finds its place a moment later: what stands when the storm is over is told. One thread.</summary>
internal sealed class UntoldPods(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Dictionary<QueuedPod, Decision> _decisions = [];
    private long _since;

    /// <summary>Nobody waits.</summary>
    public bool IsEmpty => _decisions.Count == 0;

    /// <summary>Somebody has waited as long as may be, however busy the cluster is.</summary>
    public bool IsOverdue => _decisions.Count > 0 && time.GetElapsedTime(_since) >= Patience;

    /// <summary>Keeps the newest decision on a pod, unless its status says so already.</summary>
    public void Set(Decision decision)
    {
        if (decision.Message == decision.Pod.Told)
        {
            _decisions.Remove(decision.Pod);
            return;
        }

        if (_decisions.Count == 0)
        {
            _since = time.GetTimestamp();
        }

        _decisions[decision.Pod] = decision;
    }

    /// <summary>Takes all out, and gives those back that still wait.</summary>
    public List<Decision> Take(Predicate<QueuedPod> waits)
    {
        List<Decision> left = [.. _decisions.Values.Where(decision => waits(decision.Pod))];
        _decisions.Clear();
        return left;
    }
}
