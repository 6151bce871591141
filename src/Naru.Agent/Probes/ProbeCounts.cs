using System.Globalization;
using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Containers;

namespace Naru.Agent.Probes;

/// <summary>How often the probes of live containers answered what, for <c>/metrics/probes</c>. Any thread.</summary>
internal sealed class ProbeCounts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContainerId, SortedDictionary<string, long>> _counts = [];

    /// <summary>Counts an answer.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="member">The container as it is wished.</param>
    /// <param name="container">The container as it lives.</param>
    /// <param name="kind">Startup, Liveness or Readiness.</param>
    /// <param name="problem">Why it failed; null: it succeeded.</param>
    public void Add(PodView pod, PodMember member, ContainerId container, string kind, string? problem)
    {
        var result = problem is null ? "successful" : problem.StartsWith(ProbeWords.Unknown, StringComparison.Ordinal) ? "unknown" : "failed";
        var line = $"prober_probe_total{{container=\"{member.Name}\",namespace=\"{pod.Namespace}\",pod=\"{pod.Name}\",pod_uid=\"{pod.Uid}\",probe_type=\"{kind}\",result=\"{result}\"}}";
        lock (_lock)
        {
            if (!_counts.TryGetValue(container, out var own))
            {
                _counts[container] = own = new(StringComparer.Ordinal);
            }

            own[line] = own.GetValueOrDefault(line) + 1;
        }
    }

    /// <summary>The container is gone, and what was counted of it.</summary>
    public void Forget(ContainerId container)
    {
        lock (_lock)
        {
            _counts.Remove(container);
        }
    }

    /// <summary>All counts in Prometheus' form.</summary>
    public string Show()
    {
        var text = new StringBuilder("# HELP prober_probe_total Cumulative number of a liveness, readiness or startup probe for a container by result.\n# TYPE prober_probe_total counter\n");
        lock (_lock)
        {
            foreach (var (line, count) in _counts.Values.SelectMany(static own => own).OrderBy(static one => one.Key, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{line} {count}\n");
            }
        }

        return text.ToString();
    }
}
