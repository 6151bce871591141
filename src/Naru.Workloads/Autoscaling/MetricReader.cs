using Naru.Controllers.Runtime;
using Naru.Objects.Metrics;
using Naru.Objects.Quantities;
using Naru.Objects.Selectors;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Autoscaling;

/// <summary>What one metric of an autoscaler asks for, and how it is shown in the status.</summary>
internal sealed record MetricResult(Proposal? Proposal, MapValue? Status, string Reason, string Message);

/// <summary>Reads the metrics of autoscalers.</summary>
public sealed class MetricReader(ControllerObjects objects, IEnumerable<IUsageReadings> usage, IEnumerable<ICustomMetrics> custom, WorkloadsOptions options, TimeProvider time)
{
    private readonly IUsageReadings? _usage = usage.FirstOrDefault();
    private readonly ICustomMetrics? _custom = custom.FirstOrDefault();

    internal async Task<MetricResult> ReadAsync(ScaleTarget target, MapValue metric, (double Up, double Down) tolerance, CancellationToken cancellationToken)
    {
        var type = metric.Text("type") ?? "";
        var (field, failure) = type switch
        {
            "Resource" => ("resource", "FailedGetResourceMetric"),
            "ContainerResource" => ("containerResource", "FailedGetContainerResourceMetric"),
            "Pods" => ("pods", "FailedGetPodsMetric"),
            "Object" => ("object", "FailedGetObjectMetric"),
            _ => ("external", "FailedGetExternalMetric"),
        };
        var source = metric.Map(field) ?? [];
        var wish = source.Map("target") ?? [];
        var proposal = field switch
        {
            "resource" or "containerResource" => OfResource(target, source, wish, tolerance),
            "pods" => await OfPodsAsync(target, source, wish, tolerance, cancellationToken),
            "object" => await OfObjectAsync(target, source, wish, tolerance, cancellationToken),
            _ => await ExternalAsync(target, source, wish, tolerance, cancellationToken),
        };
        var name = source.Text("name") ?? source.Text("metric", "name") ?? "";
        return proposal is null
            ? new(null, null, failure, $"the HPA was unable to compute the replica count: unable to get metric {name}: no metrics returned")
            : new(proposal, ToStatus(type, field, source, wish, proposal), "", name);
    }

    private Proposal? OfResource(ScaleTarget target, MapValue source, MapValue wish, (double Up, double Down) tolerance)
    {
        if (_usage is null)
        {
            return null;
        }

        var resource = source.Text("name") ?? "";
        var container = source.Text("container");
        var used = _usage.Pods(target.Stored.Namespace).ToDictionary(static one => one.Name);
        var readings = PodsOf(target).Select(pod => new PodReading(
            IsCounted(pod, resource), used.TryGetValue(pod.Name, out var one) ? UsageOf(one, resource, container) : null, RequestOf(pod, resource, container))).ToList();
        var isUtilization = wish.Has("averageUtilization");
        return ReplicaCalculation.OfPods(target.Wished, readings, isUtilization ? wish.Int(80, "averageUtilization") : Milli(wish, "averageValue"), isUtilization, tolerance);
    }

    private async Task<Proposal?> OfPodsAsync(ScaleTarget target, MapValue source, MapValue wish, (double Up, double Down) tolerance, CancellationToken cancellationToken)
    {
        if (_custom is null || await _custom.OfPodsAsync(target.Stored.Namespace, target.Selector, MetricName(source), MetricSelector(source), cancellationToken) is not { } values)
        {
            return null;
        }

        var readings = PodsOf(target).Select(pod => new PodReading(pod.IsReady || pod.Phase != "Pending", values.TryGetValue(pod.Name, out var value) ? value : null, 0)).ToList();
        return ReplicaCalculation.OfPods(target.Wished, readings, Milli(wish, "averageValue"), false, tolerance);
    }

    private async Task<Proposal?> OfObjectAsync(ScaleTarget target, MapValue source, MapValue wish, (double Up, double Down) tolerance, CancellationToken cancellationToken)
    {
        var about = source.Map("describedObject") ?? [];
        return _custom is not null
            && await _custom.OfObjectAsync(target.Stored.Namespace, about.Text("kind") ?? "", about.Text("name") ?? "", MetricName(source), MetricSelector(source), cancellationToken) is { } value
            ? OfTotal(target, wish, value, tolerance)
            : null;
    }

    private async Task<Proposal?> ExternalAsync(ScaleTarget target, MapValue source, MapValue wish, (double Up, double Down) tolerance, CancellationToken cancellationToken) =>
        _custom is not null && await _custom.ExternalAsync(target.Stored.Namespace, MetricName(source), MetricSelector(source), cancellationToken) is { Count: > 0 } values
            ? OfTotal(target, wish, values.Sum(), tolerance)
            : null;

    private Proposal OfTotal(ScaleTarget target, MapValue wish, long value, (double Up, double Down) tolerance)
    {
        var isAverage = wish.Has("averageValue");
        return ReplicaCalculation.OfTotal(target.Wished, PodsOf(target).Count(static pod => pod.IsReady), value, Milli(wish, isAverage ? "averageValue" : "value"), isAverage, tolerance);
    }

    private IEnumerable<PodFacts> PodsOf(ScaleTarget target) => objects.List(WorkloadKind.Pods, target.Stored.Namespace)
        .Select(static one => new PodFacts(one)).Where(pod => !pod.IsTerminating && pod.Phase != "Failed" && target.Selector.Matches(pod.Labels));

    /// <summary>A pod that starts uses much processor for a while, which says nothing of its load.</summary>
    private bool IsCounted(PodFacts pod, string resource)
    {
        if (pod.Phase == "Pending")
        {
            return false;
        }

        if (resource != "cpu")
        {
            return true;
        }

        var started = pod.Tree.Time("status", "startTime");
        return started is not null && (started + options.AutoscalerCpuInitialization < time.GetUtcNow() || pod.IsReady);
    }

    private static long? UsageOf(PodUsage pod, string resource, string? container)
    {
        var containers = pod.Containers.Where(one => container is null || one.Name == container).ToList();
        return containers.Count == 0 ? null : containers.Sum(one => resource == "cpu" ? one.Cpu / 1_000_000 : one.Memory * 1000);
    }

    private static long RequestOf(PodFacts pod, string resource, string? container) => pod.Tree.Maps("spec", "containers")
        .Where(one => container is null || one.Text("name") == container)
        .Sum(one => Quantity.TryParse(one.At("resources", "requests", resource)?.ToString(), out var quantity) ? quantity.MilliValue : 0);

    private static long Milli(MapValue wish, string name) => Quantity.TryParse(wish[name]?.ToString(), out var quantity) ? Math.Max(1, quantity.MilliValue) : 1;

    private static string MetricName(MapValue source) => source.Text("metric", "name") ?? "";

    private static string MetricSelector(MapValue source) => source.Map("metric", "selector") is { } selector ? LabelSelector.FromBody(selector).ToString() : "";

    private static MapValue ToStatus(string type, string field, MapValue source, MapValue wish, Proposal proposal)
    {
        var current = new MapValue(2);
        if (proposal.Utilization is { } utilization)
        {
            current["averageUtilization"] = utilization;
        }

        current[wish.Has("value") ? "value" : "averageValue"] = Quantity.FromMilli(proposal.Average).ToString();
        var shown = new MapValue(4);
        foreach (var name in (ReadOnlySpan<string>)["name", "container", "metric", "describedObject"])
        {
            shown[name] = source[name]?.Clone();
        }

        shown["current"] = current;
        return new MapValue(2) { ["type"] = type, [field] = shown };
    }
}
