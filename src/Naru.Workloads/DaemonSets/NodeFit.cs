using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Workloads.DaemonSets;

/// <summary>Whether a daemon's pod belongs on a node: name, selector, required affinity, taints. Resources do not count. Pure.</summary>
internal static class NodeFit
{
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"), ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"), ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>Whether a pod is to run there, and whether one that runs there may stay.</summary>
    public static (bool ShouldRun, bool MayStay) Judge(MapValue template, MapValue node)
    {
        var spec = template.Map("spec") ?? [];
        var name = node.Text("metadata", "name") ?? "";
        if (spec.Text("nodeName") is { Length: > 0 } wished && wished != name)
        {
            return (false, false);
        }

        var labels = node.Map("metadata", "labels");
        foreach (var (key, value) in spec.Map("nodeSelector") ?? [])
        {
            if (labels?.Text(key) != value.ToString())
            {
                return (false, false);
            }
        }

        if (spec.Map("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is { } required
            && !required.Maps("nodeSelectorTerms").Any(term => Matches(term, labels, name)))
        {
            return (false, false);
        }

        var tolerations = Tolerations(spec);
        var refused = node.Maps("spec", "taints").Where(taint => taint.Text("effect") is "NoSchedule" or "NoExecute" && !tolerations.Any(one => Tolerates(one, taint))).ToList();
        return (refused.Count == 0, refused.TrueForAll(static taint => taint.Text("effect") != "NoExecute"));
    }

    /// <summary>The template's tolerations and those that every daemon has.</summary>
    public static List<MapValue> Tolerations(MapValue spec)
    {
        var all = spec.Maps("tolerations").ToList();
        IEnumerable<(string Key, string Effect)> own = spec.Boolean("hostNetwork") == true ? [.. Tolerated, ("node.kubernetes.io/network-unavailable", "NoSchedule")] : Tolerated;
        foreach (var (key, effect) in own)
        {
            if (!all.Exists(one => one.Text("key") == key && one.Text("effect") == effect && one.Text("operator") == "Exists"))
            {
                all.Add(new MapValue(3) { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect });
            }
        }

        return all;
    }

    private static bool Tolerates(MapValue toleration, MapValue taint)
    {
        if (toleration.Text("effect") is { Length: > 0 } effect && effect != taint.Text("effect"))
        {
            return false;
        }

        var key = toleration.Text("key") ?? "";
        if (key.Length > 0 && key != taint.Text("key"))
        {
            return false;
        }

        return toleration.Text("operator") == "Exists" || (key.Length > 0 && (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));
    }

    private static bool Matches(MapValue term, MapValue? labels, string name)
    {
        var expressions = term.Maps("matchExpressions").ToList();
        var fields = term.Maps("matchFields").ToList();
        return expressions.Count + fields.Count > 0
            && expressions.TrueForAll(rule => Holds(rule, labels?.Text(rule.Text("key") ?? "")))
            && fields.TrueForAll(rule => rule.Text("key") == "metadata.name" && Holds(rule, name));
    }

    private static bool Holds(MapValue rule, string? value)
    {
        var values = rule.List("values")?.Texts().ToList() ?? [];
        return rule.Text("operator") switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "Gt" => Compare(value, values) > 0,
            "Lt" => Compare(value, values) < 0,
            _ => false,
        };
    }

    private static int Compare(string? value, List<string> values) =>
        values.Count == 1 && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mine)
            && long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var other)
            ? mine.CompareTo(other)
            : 0;
}
