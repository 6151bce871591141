using System.Diagnostics;
using System.Diagnostics.Metrics;
using Naru.Cluster.Caching;

namespace Naru.Cluster.Telemetry;

/// <summary>What is counted: the meter <c>Naru.Cluster</c>, with Kubernetes' own names where one exists.</summary>
internal sealed class ClusterMeter : IDisposable
{
    private readonly Meter _meter = new("Naru.Cluster");
    private readonly Histogram<double> _store;
    private readonly TimeProvider _time;

    public ClusterMeter(ObjectCaches caches, CacheSettings settings, TimeProvider time)
    {
        _time = time;
        _store = _meter.CreateHistogram<double>("etcd_request_duration_seconds", "s", "Time of a write to the store, by operation and type");
        _meter.CreateObservableGauge("apiserver_resource_objects", () => Each(caches, static one => one.Count), description: "Objects, by resource");
        _meter.CreateObservableGauge("apiserver_registered_watchers", () => Each(caches, static one => one.Watches), description: "Watches, by resource");
        _meter.CreateObservableGauge("naru_cache_bytes", () => caches.All.Sum(static one => one.Bytes), "By", "Bytes of JSON in the caches");
        _meter.CreateObservableGauge("naru_cache_tree_bytes", () => settings.Trees.Held, "By", "Bytes of JSON whose trees are kept");
    }

    /// <summary>Now, for <see cref="Stored"/>.</summary>
    public long Start() => _time.GetTimestamp();

    /// <summary>Counts a write to the store.</summary>
    public void Stored(long started, string operation, string type)
    {
        if (_store.Enabled)
        {
            var tags = new TagList { { "operation", operation }, { "type", type } };
            _store.Record(_time.GetElapsedTime(started).TotalSeconds, tags);
        }
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Each(ObjectCaches caches, Func<ResourceCache, long> read) =>
        caches.All.Select(one => new Measurement<long>(read(one), new KeyValuePair<string, object?>("resource", one.Resource.ToString())));
}
