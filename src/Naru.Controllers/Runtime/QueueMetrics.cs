using System.Diagnostics.Metrics;

namespace Naru.Controllers.Runtime;

/// <summary>What work queues tell, under Kubernetes' names, each with the label <c>name</c>.</summary>
internal static class QueueMetrics
{
    public static readonly Meter Meter = new("Naru.Controllers");

    public static readonly UpDownCounter<int> Depth = Meter.CreateUpDownCounter<int>("workqueue_depth", null, "Current depth of workqueue");

    public static readonly Counter<long> Adds = Meter.CreateCounter<long>("workqueue_adds_total", null, "Total number of adds handled by workqueue");

    public static readonly Counter<long> Retries = Meter.CreateCounter<long>("workqueue_retries_total", null, "Total number of retries handled by workqueue");

    public static readonly Histogram<double> Latency =
        Meter.CreateHistogram<double>("workqueue_queue_duration_seconds", "s", "How long in seconds an item stays in workqueue before being requested");

    public static readonly Histogram<double> WorkDuration =
        Meter.CreateHistogram<double>("workqueue_work_duration_seconds", "s", "How long in seconds processing an item from workqueue takes");
}
