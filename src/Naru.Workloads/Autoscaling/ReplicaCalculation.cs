namespace Naru.Workloads.Autoscaling;

/// <summary>A pod as a metric sees it.</summary>
/// <param name="IsReady">It counts; else it is on its way up and may count as using nothing.</param>
/// <param name="Usage">What it uses, in thousandths; null if nobody measured.</param>
/// <param name="Request">What it asked for, in thousandths; 0 for metrics without a request.</param>
internal sealed record PodReading(bool IsReady, long? Usage, long Request);

/// <summary>What a metric wishes.</summary>
internal sealed record Proposal(int Replicas, long Average, int? Utilization);

/// <summary>How many replicas a metric asks for. Pure: Kubernetes' rules for pods that are not ready and pods that were not measured: they never make a change larger, and cannot turn it round.</summary>
internal static class ReplicaCalculation
{
    /// <summary>From readings by pod. <paramref name="target"/> is a percentage of the requests, or a plain value in thousandths.</summary>
    public static Proposal? OfPods(int current, IReadOnlyList<PodReading> pods, long target, bool isUtilization, (double Up, double Down) tolerance)
    {
        var measured = pods.Where(static pod => pod.IsReady && pod.Usage is not null).ToList();
        if (measured.Count == 0 || (isUtilization && measured.Sum(static pod => pod.Request) == 0))
        {
            return null;
        }

        var (ratio, utilization) = Ratio(measured, target, isUtilization);
        var average = measured.Sum(static pod => pod.Usage!.Value) / measured.Count;
        var missing = pods.Where(static pod => pod.IsReady && pod.Usage is null).ToList();
        var unready = pods.Where(static pod => !pod.IsReady).ToList();
        if (missing.Count == 0 && (ratio < 1 || unready.Count == 0))
        {
            return new(IsWithin(ratio, tolerance) ? current : Up(ratio * measured.Count), average, utilization);
        }

        var all = measured.ToList();
        var full = isUtilization ? target : 0;
        all.AddRange(missing.Select(pod => pod with { Usage = ratio > 1 ? 0 : isUtilization ? Math.Max(100, full) * pod.Request / 100 : target }));
        if (ratio > 1)
        {
            all.AddRange(unready.Select(static pod => pod with { Usage = 0 }));
        }

        var (second, _) = Ratio(all, target, isUtilization);
        var turned = (ratio < 1 && second > 1) || (ratio > 1 && second < 1);
        if (IsWithin(second, tolerance) || turned)
        {
            return new(current, average, utilization);
        }

        var wished = Up(second * all.Count);
        return new((second < 1 && wished > current) || (second > 1 && wished < current) ? current : wished, average, utilization);
    }

    /// <summary>From one value for all pods.</summary>
    public static Proposal OfTotal(int current, int ready, long value, long target, bool isAverage, (double Up, double Down) tolerance)
    {
        var ratio = isAverage ? (double)value / (target * Math.Max(1, current)) : (double)value / target;
        var wished = isAverage ? Up((double)value / target) : Up(ratio * ready);
        return new(IsWithin(ratio, tolerance) ? current : wished, isAverage && current > 0 ? value / current : value, null);
    }

    private static (double Ratio, int? Utilization) Ratio(List<PodReading> pods, long target, bool isUtilization)
    {
        var usage = pods.Sum(static pod => pod.Usage ?? 0);
        if (!isUtilization)
        {
            return ((double)usage / pods.Count / target, null);
        }

        var utilization = (int)(usage * 100 / Math.Max(1, pods.Sum(static pod => pod.Request)));
        return ((double)utilization / target, utilization);
    }

    private static bool IsWithin(double ratio, (double Up, double Down) tolerance) => ratio >= 1 - tolerance.Down && ratio <= 1 + tolerance.Up;

    private static int Up(double number) => (int)Math.Min(int.MaxValue, Math.Ceiling(number - 1e-9));
}
