using System.Globalization;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Kinds.Conversions;

/// <summary>Autoscalers of v1 know one metric, the share of the requested processor; the rest of v2 travels in annotations.</summary>
internal static class AutoscalerConversion
{
    private const string Metrics = "autoscaling.alpha.kubernetes.io/metrics";
    private const string CurrentMetrics = "autoscaling.alpha.kubernetes.io/current-metrics";
    private const string Conditions = "autoscaling.alpha.kubernetes.io/conditions";
    private const string Behavior = "autoscaling.alpha.kubernetes.io/behavior";

    /// <summary>From v2 to v1.</summary>
    public static void ToOld(MapValue body)
    {
        if (body.Map("spec") is { } spec)
        {
            Stow(body, Behavior, spec["behavior"]);
            spec.Remove("behavior");
            var metrics = spec.List("metrics");
            spec.Remove("metrics");
            spec["targetCPUUtilizationPercentage"] = TakeProcessor(metrics, "target");
            Stow(body, Metrics, Old(metrics, "target"));
        }

        if (body.Map("status") is { } status)
        {
            var metrics = status.List("currentMetrics");
            status.Remove("currentMetrics");
            status["currentCPUUtilizationPercentage"] = TakeProcessor(metrics, "current");
            Stow(body, CurrentMetrics, Old(metrics, "current"));
            Stow(body, Conditions, status["conditions"]);
            status.Remove("conditions");
        }
    }

    /// <summary>From v1 to v2.</summary>
    public static void ToNew(MapValue body)
    {
        var spec = body.MakeMap("spec");
        var metrics = New(Fetch(body, Metrics) as ListValue, "target") ?? [];
        if (spec.Integer("targetCPUUtilizationPercentage") is { } wished)
        {
            metrics.Insert(0, Processor("target", new MapValue { ["type"] = "Utilization", ["averageUtilization"] = wished }));
        }

        spec.Remove("targetCPUUtilizationPercentage");
        spec["metrics"] = metrics.Count == 0 ? null : metrics;
        spec["behavior"] = Fetch(body, Behavior);

        var current = New(Fetch(body, CurrentMetrics) as ListValue, "current") ?? [];
        var conditions = Fetch(body, Conditions);
        if (body.Map("status") is { } status)
        {
            if (status.Integer("currentCPUUtilizationPercentage") is { } seen)
            {
                current.Insert(0, Processor("current", new MapValue { ["averageUtilization"] = seen, ["averageValue"] = "0" }));
            }

            status.Remove("currentCPUUtilizationPercentage");
            status["currentMetrics"] = current.Count == 0 ? null : current;
            status["conditions"] = conditions;
        }

        if (body.Map("metadata", "annotations") is { Count: 0 })
        {
            body.Map("metadata")!.Remove("annotations");
        }
    }

    private static MapValue Processor(string side, MapValue value) => new() { ["type"] = "Resource", ["resource"] = new MapValue { ["name"] = "cpu", [side] = value } };

    private static Value? TakeProcessor(ListValue? metrics, string side)
    {
        for (var index = 0; index < (metrics?.Count ?? 0); index++)
        {
            if (metrics![index] is MapValue metric && metric.Text("type") == "Resource" && metric.Text("resource", "name") == "cpu" && metric.Integer("resource", side, "averageUtilization") is { } share)
            {
                metrics.RemoveAt(index);
                return share;
            }
        }

        return null;
    }

    // Annotations hold metrics as v1's own types spell them: targetAverageUtilization in place of target.averageUtilization.
    private static ListValue? Old(ListValue? metrics, string side)
    {
        foreach (var metric in metrics?.Maps() ?? [])
        {
            foreach (var (_, value) in metric.AsSpan())
            {
                if (value is MapValue source && source.Map(side) is { } goal)
                {
                    source.Remove(side);
                    Flatten(source, side, goal);
                }
            }
        }

        return metrics;
    }

    private static void Flatten(MapValue source, string side, MapValue goal)
    {
        if (source.Map("metric") is { } metric)
        {
            source["metricName"] = metric["name"];
            source["selector"] = metric["selector"];
            source.Remove("metric");
        }

        if (source.Map("describedObject") is { } described)
        {
            source["target"] = described;
            source.Remove("describedObject");
        }

        foreach (var (name, value) in goal.AsSpan())
        {
            if (name != "type")
            {
                source[side + char.ToUpperInvariant(name[0]).ToString(CultureInfo.InvariantCulture) + name[1..]] = value;
            }
        }
    }

    private static ListValue? New(ListValue? metrics, string side)
    {
        foreach (var metric in metrics?.Maps() ?? [])
        {
            foreach (var (kind, value) in metric.AsSpan())
            {
                if (value is MapValue source)
                {
                    Unflatten(source, kind, side);
                }
            }
        }

        return metrics;
    }

    private static void Unflatten(MapValue source, string kind, string side)
    {
        if (source.Text("metricName") is { } name)
        {
            source["metric"] = new MapValue { ["name"] = name, ["selector"] = source["selector"] ?? new MapValue() };
            if (!source.Has("selector"))
            {
                source.Map("metric")!.Remove("selector");
            }

            source.Remove("metricName");
            source.Remove("selector");
        }

        if (kind == "object" && source.Map("target") is { } described)
        {
            source.Remove("target");
            source["describedObject"] = described;
        }

        var goal = new MapValue();
        foreach (var (field, type) in ((string, string)[])[("AverageUtilization", "Utilization"), ("AverageValue", "AverageValue"), ("Value", "Value")])
        {
            if (source[side + field] is { } value)
            {
                source.Remove(side + field);
                goal[char.ToLowerInvariant(field[0]).ToString(CultureInfo.InvariantCulture) + field[1..]] = value;
                if (side == "target")
                {
                    goal["type"] = type;
                }
            }
        }

        source[side] = goal;
    }

    private static void Stow(MapValue body, string key, Value? value)
    {
        if (value is null or ListValue { Count: 0 })
        {
            return;
        }

        body.MakeMap("metadata").MakeMap("annotations")[key] = JsonText.ToText(value);
    }

    private static Value? Fetch(MapValue body, string key)
    {
        if (body.Map("metadata", "annotations") is not { } annotations || annotations.Text(key) is not { } text)
        {
            return null;
        }

        annotations.Remove(key);
        return JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
