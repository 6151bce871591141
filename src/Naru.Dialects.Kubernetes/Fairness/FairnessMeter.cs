using System.Diagnostics.Metrics;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Measures of priority and fairness, under Kubernetes' names.</summary>
internal sealed class FairnessMeter : IDisposable
{
    private readonly Meter _meter = new("Naru.Dialects.Kubernetes.Fairness");
    private readonly Counter<long> _dispatched;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _waits;

    public FairnessMeter()
    {
        _dispatched = _meter.CreateCounter<long>("apiserver_flowcontrol_dispatched_requests_total", null, "Number of requests executed by API Priority and Fairness subsystem");
        _rejected = _meter.CreateCounter<long>("apiserver_flowcontrol_rejected_requests_total", null, "Number of requests rejected by API Priority and Fairness subsystem");
        _waits = _meter.CreateHistogram("apiserver_flowcontrol_request_wait_duration_seconds", null, "Length of time a request spent waiting in its queue", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30] });
    }

    /// <summary>Tells of each level on demand.</summary>
    public void Observe(Func<IReadOnlyList<PriorityLevel>> levels)
    {
        Gauge("apiserver_flowcontrol_nominal_limit_seats", "Nominal number of execution seats configured for each priority level", levels, static one => one.Nominal);
        Gauge("apiserver_flowcontrol_current_limit_seats", "Current derived number of execution seats available to each priority level", levels, static one => one.Nominal);
        Gauge("apiserver_flowcontrol_current_executing_seats", "Concurrency (number of seats) occupied by the currently executing requests", levels, static one => one.InUse);
        Gauge("apiserver_flowcontrol_current_executing_requests", "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage", levels, static one => one.Executing);
        Gauge("apiserver_flowcontrol_current_inqueue_requests", "Number of requests currently pending in queues of the API Priority and Fairness subsystem", levels, static one => one.Queued);
    }

    public void Dispatched(string level, string schema, TimeSpan waited)
    {
        KeyValuePair<string, object?> place = new("priority_level", level);
        KeyValuePair<string, object?> flow = new("flow_schema", schema);
        _dispatched.Add(1, flow, place);
        _waits.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("execute", "true"), flow, place);
    }

    public void Rejected(string level, string schema, string reason) =>
        _rejected.Add(1, new KeyValuePair<string, object?>("flow_schema", schema), new KeyValuePair<string, object?>("priority_level", level), new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string help, Func<IReadOnlyList<PriorityLevel>> levels, Func<PriorityLevel, int> value) =>
        _meter.CreateObservableGauge(
            name,
            () => levels().Select(one => new Measurement<int>(value(one), new KeyValuePair<string, object?>("priority_level", one.Name))),
            null,
            help);
}
