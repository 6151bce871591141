using Naru.Objects.Selectors;

namespace Naru.Objects.Metrics;

/// <summary>Readings beyond processor and memory, for autoscalers: what adapters of custom.metrics.k8s.io and external.metrics.k8s.io serve. Values in thousandths. Null: nobody knows the metric.</summary>
public interface ICustomMetrics
{
    /// <summary>A metric of each pod that a selector matches, by the pod's name.</summary>
    Task<IReadOnlyDictionary<string, long>?> OfPodsAsync(string @namespace, LabelSelector pods, string metric, string metricSelector, CancellationToken cancellationToken);

    /// <summary>A metric of one object.</summary>
    Task<long?> OfObjectAsync(string @namespace, string kind, string name, string metric, string metricSelector, CancellationToken cancellationToken);

    /// <summary>The series of a metric from outside the cluster.</summary>
    Task<IReadOnlyList<long>?> ExternalAsync(string @namespace, string metric, string metricSelector, CancellationToken cancellationToken);
}
