using Naru.Scheduling.Filters;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Queueing;

/// <summary>
/// Refused pods, in lines of those that were refused for the same reasons and ask for the same: where the first of a line finds no place, none behind it does, so that what happens in the cluster concerns
/// the first alone. One thread.
/// </summary>
internal sealed class RefusedLines
{
    private readonly Dictionary<PodClass, Dictionary<(RefusedBy By, bool HasClaims), SortedSet<QueuedPod>>> _lines = [];

    public IEnumerable<QueuedPod> Pods => _lines.Values.SelectMany(static lines => lines.Values).SelectMany(static line => line);

    public void Add(QueuedPod pod)
    {
        if (!_lines.TryGetValue(pod.Facts.Class, out var lines))
        {
            _lines[pod.Facts.Class] = lines = [];
        }

        if (!lines.TryGetValue(KeyOf(pod), out var line))
        {
            lines[KeyOf(pod)] = line = new(QueueOrder.Instance);
        }

        line.Add(pod);
        pod.Line = line;
    }

    /// <summary>Takes a pod out of its line, if it stands in one.</summary>
    public void Remove(QueuedPod pod)
    {
        if (pod.Line is not { } line)
        {
            return;
        }

        line.Remove(pod);
        pod.Line = null;
        if (line.Count == 0 && _lines.TryGetValue(pod.Facts.Class, out var lines) && lines.Remove(KeyOf(pod)) && lines.Count == 0)
        {
            _lines.Remove(pod.Facts.Class);
        }
    }

    /// <summary>The lines whose pods were refused by any of these, or by nobody that is known.</summary>
    public List<SortedSet<QueuedPod>> Of(RefusedBy helped) =>
        [.. _lines.Values.SelectMany(static lines => lines).Where(line => (line.Key.By & helped) != 0 || line.Key.By == RefusedBy.None).Select(static line => line.Value)];

    /// <summary>The lines of pods that ask for the same.</summary>
    public List<SortedSet<QueuedPod>> Of(PodClass pods) => _lines.TryGetValue(pods, out var lines) ? [.. lines.Values] : [];

    private static (RefusedBy By, bool HasClaims) KeyOf(QueuedPod pod) => (pod.RefusedBy, pod.Facts.Claims.Length > 0);
}
