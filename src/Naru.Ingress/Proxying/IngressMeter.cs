using System.Diagnostics.Metrics;
using System.Globalization;

namespace Naru.Ingress.Proxying;

/// <summary>The ingress' measures.</summary>
internal sealed class IngressMeter : IDisposable
{
    private readonly Meter _meter = new("Naru.Ingress");
    private readonly CounterTable _table;
    private readonly Proxy _proxy;

    public IngressMeter(CounterTable table, Proxy proxy)
    {
        _table = table;
        _proxy = proxy;
        _meter.CreateObservableCounter("naru_ingress_requests_total", Requests, null, "Requests by the object that routed them and the answer's code.");
        _meter.CreateObservableCounter("naru_ingress_retries_total", Retries, null, "Tries at a further endpoint.");
        _meter.CreateObservableCounter("naru_ingress_request_duration_seconds_bucket", Durations, null, "Requests that took at most so long.");
        _meter.CreateObservableCounter("naru_ingress_request_duration_seconds_sum", Seconds, null, "Time that requests took.");
        _meter.CreateObservableCounter("naru_ingress_request_duration_seconds_count", Counts, null, "Requests whose time was taken.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<RouteCounters> All() => _table.All.Append(_proxy.Unrouted);

    private IEnumerable<Measurement<long>> Requests() => All().SelectMany(static one => one.Codes().Select(code => new Measurement<long>(code.Count, [.. Tags(one), new("code", code.Code.ToString(CultureInfo.InvariantCulture))])));

    private IEnumerable<Measurement<long>> Retries() => All().Where(static one => one.Retries > 0).Select(static one => new Measurement<long>(one.Retries, Tags(one)));

    private IEnumerable<Measurement<long>> Durations() => All().Where(HasRequests).SelectMany(static one => one.Durations().Select(step => new Measurement<long>(step.Count, [.. Tags(one), new("le", step.Bound)])));

    private IEnumerable<Measurement<double>> Seconds() => All().Where(HasRequests).Select(static one => new Measurement<double>(one.Seconds, Tags(one)));

    private IEnumerable<Measurement<long>> Counts() => All().Where(HasRequests).Select(static one => new Measurement<long>(one.Durations().Last().Count, Tags(one)));

    private static bool HasRequests(RouteCounters counters) => counters.Durations().Last().Count > 0;

    private static KeyValuePair<string, object?>[] Tags(RouteCounters one) => [new("kind", one.Source.Kind), new("namespace", one.Source.Namespace), new("name", one.Source.Name)];
}
