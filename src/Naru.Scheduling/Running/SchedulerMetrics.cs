using System.Diagnostics.Metrics;

namespace Naru.Scheduling.Running;

/// <summary>Numbers under Kubernetes' names.</summary>
internal sealed class SchedulerMetrics : IDisposable
{
    private readonly Meter _meter = new("Naru.Scheduling");
    private readonly Counter<long> _attempts, _preemptions;
    private readonly Histogram<double> _attemptDuration, _total;
    private readonly Histogram<long> _victims;

    public SchedulerMetrics()
    {
        _attempts = _meter.CreateCounter<long>("scheduler_schedule_attempts_total", description: "Number of attempts to schedule pods, by the result.");
        _preemptions = _meter.CreateCounter<long>("scheduler_preemption_attempts_total", description: "Total preemption attempts in the cluster till now.");
        _attemptDuration = _meter.CreateHistogram<double>("scheduler_scheduling_attempt_duration_seconds", "s", "Scheduling attempt latency in seconds.");
        _total = _meter.CreateHistogram<double>("scheduler_pod_scheduling_sli_duration_seconds", "s", "Latency of a pod from its arrival to its binding.");
        _victims = _meter.CreateHistogram<long>("scheduler_preemption_victims", description: "Number of selected preemption victims.");
        _meter.CreateObservableGauge("scheduler_pending_pods", () => Pending.Select(static one => new Measurement<long>(one.Value, new KeyValuePair<string, object?>("queue", one.Key))), description: "Number of pending pods, by the queue.");
    }

    /// <summary>Waiting pods by queue, as of the last look.</summary>
    public IReadOnlyDictionary<string, long> Pending { get; set; } = new Dictionary<string, long>();

    public void Tried(string result, string profile, TimeSpan duration)
    {
        var tags = new System.Diagnostics.TagList { { "result", result }, { "profile", profile } };
        _attempts.Add(1, tags);
        _attemptDuration.Record(duration.TotalSeconds, tags);
    }

    public void Bound(TimeSpan since) => _total.Record(since.TotalSeconds);

    public void Preempted(int victims)
    {
        _preemptions.Add(1);
        _victims.Record(victims);
    }

    public void Dispose() => _meter.Dispose();
}
