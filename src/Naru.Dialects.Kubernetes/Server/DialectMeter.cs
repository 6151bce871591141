using System.Diagnostics;
using System.Diagnostics.Metrics;
using Naru.Dialects.Kubernetes.Requests;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>The dialect's measures, under Kubernetes' own names.</summary>
internal sealed class DialectMeter : IDisposable
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "Naru.Dialects.Kubernetes";

    /// <summary>Traces of requests.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private static readonly double[] DurationBounds =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private static readonly double[] SizeBounds = [1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Histogram<double> _sizes;
    private readonly UpDownCounter<long> _inFlight;
    private readonly UpDownCounter<long> _long;
    private readonly UpDownCounter<long> _watches;

    public DialectMeter()
    {
        _requests = _meter.CreateCounter<long>("apiserver_request_total", null, "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.");
        _durations = _meter.CreateHistogram("apiserver_request_duration_seconds", null, "Response latency distribution in seconds.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        _sizes = _meter.CreateHistogram("apiserver_response_sizes", null, "Response size distribution in bytes.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = SizeBounds });
        _inFlight = _meter.CreateUpDownCounter<long>("apiserver_current_inflight_requests", null, "Maximal number of currently used inflight request limit of this apiserver per request kind.");
        _long = _meter.CreateUpDownCounter<long>("apiserver_longrunning_requests", null, "Gauge of all active long-running apiserver requests.");
        _watches = _meter.CreateUpDownCounter<long>("apiserver_registered_watchers", null, "Number of currently registered watchers for a given resource.");
    }

    /// <summary>Counts a request as running until it is disposed.</summary>
    public Running BeginRequest(RequestTarget target)
    {
        var counter = target.IsLongRunning ? _long : _inFlight;
        var tag = target.IsLongRunning
            ? new KeyValuePair<string, object?>("verb", WordOf(target))
            : new KeyValuePair<string, object?>("request_kind", target.IsReadOnly ? "readOnly" : "mutating");
        counter.Add(1, tag);
        return new Running(counter, tag);
    }

    /// <summary>Counts a watch as open until it is disposed.</summary>
    public Running BeginWatch(Exchange exchange)
    {
        var tag = new KeyValuePair<string, object?>("kind", exchange.Resource?.Kind ?? "");
        _watches.Add(1, tag);
        return new Running(_watches, tag);
    }

    /// <summary>A request has ended.</summary>
    public void Count(Exchange exchange, int code, TimeSpan duration)
    {
        var target = exchange.Target;
        var tags = new TagList
        {
            { "component", "apiserver" },
            { "dry_run", exchange.Http.Request.QueryString.HasValue ? exchange.Query("dryRun") : "" },
            { "group", target.Group },
            { "resource", target.IsResource && exchange.Resource is null && !exchange.IsForwarded ? "" : target.Resource },
            { "scope", target.IsResource ? target.Scope : "" },
            { "subresource", target.IsResource ? target.Subresource : target.Path is "/healthz" or "/livez" or "/readyz" or "/metrics" or "/version" ? target.Path : "" },
            { "verb", WordOf(target) },
            { "version", target.Version },
        };
        if (!target.IsLongRunning || target.Verb != "watch")
        {
            _durations.Record(duration.TotalSeconds, tags);
            if (target.IsResource && target.IsReadOnly && exchange.Http.Response.ContentLength is { } length)
            {
                _sizes.Record(length, tags);
            }
        }

        tags.Add("code", code);
        _requests.Add(1, tags);
    }

    public void Dispose() => _meter.Dispose();

    private static string WordOf(RequestTarget target) => target.Verb switch
    {
        "get" when target.IsResource && target.Subresource is "exec" or "attach" or "portforward" or "proxy" => "CONNECT",
        "create" when target.Subresource is "exec" or "attach" or "portforward" or "proxy" => "CONNECT",
        "create" => "POST",
        "update" => "PUT",
        "get" or "list" or "watch" or "patch" or "delete" or "deletecollection" => target.Verb.ToUpperInvariant(),
        "post" or "put" or "head" or "options" => target.Verb.ToUpperInvariant(),
        _ => "other",
    };

    /// <summary>Something that is being counted.</summary>
    public readonly record struct Running(UpDownCounter<long> Counter, KeyValuePair<string, object?> Tag) : IDisposable
    {
        public void Dispose() => Counter.Add(-1, Tag);
    }
}
