using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Autoscaling;

/// <summary>Scales whatever HorizontalPodAutoscalers name by their metrics.</summary>
public sealed class AutoscalerController(
    ControllerObjects objects, IResourceCatalogue catalogue, MetricReader metrics, EventRecorder events, WorkloadsOptions options, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.Autoscaler;
    private readonly ConcurrentDictionary<ObjectKey, ScaleMemory> _memories = new();

    /// <inheritdoc/>
    public string Name => "horizontalpodautoscaler";

    /// <summary>Its own status wakes nobody: it looks at its metrics by the clock.</summary>
    public IEnumerable<WatchRule> Watches => [new(Kind.Resource, static (old, now, keys) =>
    {
        if (old is null || now is null || old.Tree["spec"]?.DeepEquals(now.Tree["spec"]) != true)
        {
            keys.Add(ObjectKey.Of((now ?? old)!));
        }
    })];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } autoscaler)
        {
            _memories.TryRemove(key, out _);
            return Requeue.No;
        }

        var status = autoscaler.CopyStatus();
        await LookAsync(key, autoscaler, status, cancellationToken);
        status["observedGeneration"] = autoscaler.Tree.Integer("metadata", "generation");
        await objects.WriteStatusAsync(Kind, autoscaler, status, cancellationToken);
        return Requeue.In(options.AutoscalerPeriod);
    }

    private async Task LookAsync(ObjectKey key, StoredObject autoscaler, MapValue status, CancellationToken cancellationToken)
    {
        if (ScaleTarget.Find(objects, catalogue, autoscaler.Tree) is not { } target)
        {
            var name = $"{autoscaler.Tree.Text("spec", "scaleTargetRef", "kind")} \"{autoscaler.Tree.Text("spec", "scaleTargetRef", "name")}\"";
            Set(status, "AbleToScale", "False", "FailedGetScale", $"the HPA controller was unable to get the target's current scale: {name} not found");
            events.Record(autoscaler, true, "FailedGetScale", $"{name} not found", Kind.Component);
            return;
        }

        Set(status, "AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale");
        status["currentReplicas"] = target.Existing;
        if (target.Wished == 0 && autoscaler.Tree.Int(1, "spec", "minReplicas") != 0)
        {
            status["desiredReplicas"] = 0;
            Set(status, "ScalingActive", "False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero");
            return;
        }

        var wished = await ProposeAsync(autoscaler, status, target, cancellationToken);
        var size = Size(key, autoscaler, status, target, wished);
        status["desiredReplicas"] = size;
        if (size != target.Wished)
        {
            await ScaleAsync(key, autoscaler, status, target, size, cancellationToken);
        }
    }

    /// <summary>The largest proposal of all metrics; null if none has one, or if one that is unknown might have asked for more than a smaller size.</summary>
    private async Task<int?> ProposeAsync(StoredObject autoscaler, MapValue status, ScaleTarget target, CancellationToken cancellationToken)
    {
        var up = Tolerance(autoscaler, "scaleUp");
        var down = Tolerance(autoscaler, "scaleDown");
        var shown = new ListValue();
        MetricResult? failed = null;
        MetricResult? best = null;
        var wishes = autoscaler.Tree.Maps("spec", "metrics").ToList();
        foreach (var metric in wishes)
        {
            var result = await metrics.ReadAsync(target, metric, (up, down), cancellationToken);
            if (result.Proposal is null)
            {
                failed ??= result;
                events.Record(autoscaler, true, result.Reason, result.Message, Kind.Component);
                continue;
            }

            shown.Add(result.Status!);
            best = best is null || result.Proposal.Replicas > best.Proposal!.Replicas ? result : best;
        }

        status["currentMetrics"] = shown.Count > 0 ? shown : null;
        if (best is null || (failed is not null && best.Proposal!.Replicas < target.Wished))
        {
            Set(status, "ScalingActive", "False", failed?.Reason ?? "InvalidMetricSourceType", failed?.Message ?? "the HPA has no metrics");
            return null;
        }

        Set(status, "ScalingActive", "True", "ValidMetricFound", $"the HPA was able to successfully calculate a replica count from {best.Message}");
        return best.Proposal!.Replicas;
    }

    private int Size(ObjectKey key, StoredObject autoscaler, MapValue status, ScaleTarget target, int? wished)
    {
        var spec = autoscaler.Tree.Map("spec") ?? [];
        var (least, most) = (spec.Int(1, "minReplicas"), spec.Int(1, "maxReplicas"));
        if (target.Wished > most || target.Wished < least)
        {
            return Math.Clamp(target.Wished, least, most);
        }

        if (wished is not { } number)
        {
            return target.Wished;
        }

        var memory = _memories.GetOrAdd(key, static _ => new ScaleMemory());
        var (size, reason, message, isLimited) = ScalingBehavior.Limit(spec, memory, target.Wished, number, least, most, options.DownscaleStabilization, time.GetUtcNow());
        if (reason is "ScaleDownStabilized" or "ScaleUpStabilized" or "ReadyForNewScale")
        {
            Set(status, "AbleToScale", "True", reason, reason == "ReadyForNewScale" ? "recommended size matches current size" : "recent recommendations were higher than current one, applying the highest recent recommendation");
        }

        Set(status, "ScalingLimited", isLimited ? "True" : "False", isLimited ? reason : "DesiredWithinRange", message);
        return size;
    }

    private async Task ScaleAsync(ObjectKey key, StoredObject autoscaler, MapValue status, ScaleTarget target, int size, CancellationToken cancellationToken)
    {
        try
        {
            var patch = new MapValue(1) { ["spec"] = new MapValue(1) { ["replicas"] = size } };
            await objects.PatchAsync(target.Resource, key.Namespace, target.Stored.Name, PatchKind.Merge, patch, Kind.Write with { Subresource = "scale" }, cancellationToken);
        }
        catch (NaruException failure)
        {
            Set(status, "AbleToScale", "False", "FailedUpdateScale", $"the HPA controller was unable to update the target scale: {failure.Message}");
            events.Record(autoscaler, true, "FailedRescale", $"New size: {size}; error: {failure.Message}", Kind.Component);
            return;
        }

        var now = time.GetUtcNow();
        var memory = _memories.GetOrAdd(key, static _ => new ScaleMemory());
        (size > target.Wished ? memory.Ups : memory.Downs).Add(new(now, Math.Abs(size - target.Wished)));
        memory.Ups.RemoveAll(one => one.At < now - TimeSpan.FromMinutes(30));
        memory.Downs.RemoveAll(one => one.At < now - TimeSpan.FromMinutes(30));
        status["lastScaleTime"] = KubernetesTime.Format(now);
        Set(status, "AbleToScale", "True", "SucceededRescale", $"the HPA controller was able to update the target scale to {size}");
        events.Record(autoscaler, false, "SuccessfulRescale", $"New size: {size}; reason: metrics {(size > target.Wished ? "above" : "below")} target", Kind.Component);
    }

    private double Tolerance(StoredObject autoscaler, string direction) =>
        Naru.Objects.Quantities.Quantity.TryParse(autoscaler.Tree.At("spec", "behavior", direction, "tolerance")?.ToString(), out var own) ? own.AsDouble : options.AutoscalerTolerance;

    private void Set(MapValue status, string type, string state, string reason, string message) => Conditions.Set(status, new(type, state, reason, message), time.GetUtcNow());
}
