using System.Globalization;
using Naru.Objects.Metrics;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Usage;

/// <summary>Readings as objects of metrics.k8s.io.</summary>
internal static class UsageBodies
{
    public const string ApiVersion = "metrics.k8s.io/v1beta1";

    public static MapValue Of(NodeUsage node, MapValue? labels) => new()
    {
        ["kind"] = "NodeMetrics",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = Metadata(node.Name, "", node.Time, labels),
        ["timestamp"] = Time(node.Time),
        ["window"] = Span(node.Window),
        ["usage"] = Amounts(node.Cpu, node.Memory),
    };

    public static MapValue Of(PodUsage pod, MapValue? labels) => new()
    {
        ["kind"] = "PodMetrics",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = Metadata(pod.Name, pod.Namespace, pod.Time, labels),
        ["timestamp"] = Time(pod.Time),
        ["window"] = Span(pod.Window),
        ["containers"] = new ListValue(pod.Containers.Select(static one => new MapValue { ["name"] = one.Name, ["usage"] = Amounts(one.Cpu, one.Memory) })),
    };

    private static MapValue Metadata(string name, string space, DateTimeOffset time, MapValue? labels)
    {
        var metadata = new MapValue { ["name"] = name };
        if (space.Length > 0)
        {
            metadata["namespace"] = space;
        }

        metadata["creationTimestamp"] = Time(time);
        if (labels is not null)
        {
            metadata["labels"] = labels;
        }

        return metadata;
    }

    private static MapValue Amounts(long cpu, long memory) => new() { ["cpu"] = Cpu(cpu), ["memory"] = Memory(memory) };

    /// <summary>Billionths of a processor as a quantity.</summary>
    public static string Cpu(long amount) => amount == 0 ? "0" : amount.ToString(CultureInfo.InvariantCulture) + "n";

    /// <summary>Bytes as a quantity.</summary>
    public static string Memory(long bytes) => $"{(bytes / 1024).ToString(CultureInfo.InvariantCulture)}Ki";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => $"{Math.Round(span.TotalSeconds, 3).ToString(CultureInfo.InvariantCulture)}s";
}
