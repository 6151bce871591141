using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The table of autoscalers.</summary>
internal static class AutoscalerPrinter
{
    private const int MostTargets = 2;

    /// <summary>The table.</summary>
    public static ITablePrinter Table { get; } = new TablePrinter("Name, Reference, Targets, MinPods, MaxPods, Replicas, Age", static (body, now) =>
    [
        Cell.Name(body), $"{body.Text("spec", "scaleTargetRef", "kind")}/{body.Text("spec", "scaleTargetRef", "name")}", Targets(body), body.Integer("spec", "minReplicas") is { } least ? least : "<unset>",
        Cell.Number(body, "spec", "maxReplicas"), Cell.Number(body, "status", "currentReplicas"), Cell.Age(body, now),
    ]);

    private static string Targets(MapValue body)
    {
        if (body.Text("apiVersion") == "autoscaling/v1")
        {
            return $"cpu: {Share(body.Integer("status", "currentCPUUtilizationPercentage"))}/{Share(body.Integer("spec", "targetCPUUtilizationPercentage"), "<unset>")}";
        }

        var current = body.List("status", "currentMetrics");
        var texts = body.Under("spec").Entries("metrics").Select(one => Target(one.Entry, current is not null && one.Index < current.Count ? current[one.Index] as MapValue : null)).ToList();
        return texts.Count == 0 ? Cell.None : texts.Count <= MostTargets ? string.Join(", ", texts) : $"{string.Join(", ", texts.Take(MostTargets))} + {texts.Count - MostTargets} more...";
    }

    private static string Target(MapValue metric, MapValue? seen)
    {
        var type = metric.Str("type");
        var field = type.Length == 0 ? "" : char.ToLowerInvariant(type[0]) + type[1..];
        var source = metric.Under(field);
        var goal = source.Under("target");
        var now = seen?.Under(field).Under("current") ?? [];
        var name = type is "Resource" or "ContainerResource" ? source.Str("name") + ": " : "";
        return goal.Integer("averageUtilization") is { } share
            ? $"{name}{Share(now.Integer("averageUtilization"))}/{Share(share)}"
            : goal["averageValue"] is { } average
                ? $"{name}{now["averageValue"]?.ToString() ?? "<unknown>"}/{average}{(type is "Object" or "External" ? " (avg)" : "")}"
                : $"{name}{now["value"]?.ToString() ?? "<unknown>"}/{goal["value"]}";
    }

    private static string Share(long? share, string none = "<unknown>") => share is { } number ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) + "%" : none;
}
