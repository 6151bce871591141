namespace Naru.Workloads;

/// <summary>How workloads are looked after.</summary>
public sealed class WorkloadsOptions
{
    /// <summary>Pods that have ended are kept up to this number; the oldest beyond it are deleted. 0 or less: all are kept.</summary>
    public int TerminatedPodThreshold { get; set; } = 12500;

    /// <summary>How often pods are looked through for such as nobody will ever end.</summary>
    public TimeSpan PodCollectionPeriod { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often autoscalers look at their metrics.</summary>
    public TimeSpan AutoscalerPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>For how long an autoscaler remembers what it would have scaled down to, unless its behaviour says otherwise.</summary>
    public TimeSpan DownscaleStabilization { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Metrics this near to their target (as a share of it) move nothing.</summary>
    public double AutoscalerTolerance { get; set; } = 0.1;

    /// <summary>For so long after a pod's start its CPU is not counted while it is not ready.</summary>
    public TimeSpan AutoscalerCpuInitialization { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For so long after a pod's start its first readiness is awaited.</summary>
    public TimeSpan AutoscalerInitialReadinessDelay { get; set; } = TimeSpan.FromSeconds(30);
}
