using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Metrics;
using ContainerUsage = Naru.Objects.Metrics.ContainerUsage;

namespace Naru.Agent.Usage;

/// <summary>Measures what this node's pods use, every few seconds, from their control groups.</summary>
internal sealed partial class UsageSampler(IContainers containers, IContainerUsage usage, NodeIdentity identity, AgentOptions options, TimeProvider time, ILogger<UsageSampler> logger) : IUsageReadings
{
    private Dictionary<ContainerId, UsageSample> _last = [];
    private (DateTimeOffset At, long Busy)? _lastHost;
    private ImmutableArray<PodUsage> _pods = [];
    private ImmutableDictionary<ContainerId, long> _rates = ImmutableDictionary<ContainerId, long>.Empty;
    private NodeUsage? _node;

    /// <summary>Billionths of a processor that the node used when last measured.</summary>
    public long NodeRate => Volatile.Read(ref _node)?.Cpu ?? 0;

    /// <summary>Billionths of a processor that a container used when last measured.</summary>
    public long RateOf(ContainerId container) => Volatile.Read(ref _rates).GetValueOrDefault(container);

    public IReadOnlyList<NodeUsage> Nodes() => Volatile.Read(ref _node) is { } node ? [node] : [];

    public IReadOnlyList<PodUsage> Pods(string? @namespace) => @namespace is null ? _pods : [.. _pods.Where(one => one.Namespace == @namespace)];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.UsageInterval, time);
        do
        {
            await MeasureAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Measures once; rates need two measurements.</summary>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        MeasureHost();
        var next = new Dictionary<ContainerId, UsageSample>();
        var measured = new List<(PodContainer Container, UsageSample Before, UsageSample Now)>();
        foreach (var container in containers.List().Where(static one => one.IsLive).Select(PodNames.Read).OfType<PodContainer>().Where(static one => !one.IsSandbox))
        {
            try
            {
                var sample = await usage.SampleAsync(container.Engine, cancellationToken);
                next[container.Id] = sample;
                // Before the first look: its whole life.
                var before = _last.TryGetValue(container.Id, out var known) ? known : new UsageSample { At = container.Engine.Status.StartedAt ?? sample.At };
                if (sample.At > before.At)
                {
                    measured.Add((container, before, sample));
                }
            }
            catch (Exception failure) when (failure is NaruException or IOException)
            {
                LogNotMeasured(container.Engine.Name, failure.Message);
            }
        }

        _last = next;
        Volatile.Write(ref _rates, measured.ToImmutableDictionary(static one => one.Container.Id, static one => Rate(one.Before, one.Now)));
        ImmutableInterlocked.InterlockedExchange(ref _pods, [.. measured.GroupBy(static one => one.Container.PodUid).Select(static pod => PodOf([.. pod])).OrderBy(static one => one.Namespace, StringComparer.Ordinal).ThenBy(static one => one.Name, StringComparer.Ordinal)]);
    }

    private static PodUsage PodOf(IReadOnlyList<(PodContainer Container, UsageSample Before, UsageSample Now)> pod)
    {
        var labels = pod[0].Container.Engine.Spec.Labels;
        return new PodUsage(
            labels.GetValueOrDefault(PodNames.PodNamespace, ""),
            labels.GetValueOrDefault(PodNames.PodName, ""),
            pod[0].Now.At,
            pod[0].Now.At - pod[0].Before.At,
            [.. pod.Select(static one => new ContainerUsage(one.Container.Name, Rate(one.Before, one.Now), WorkingSet(one.Now))).OrderBy(static one => one.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Billionths of a processor between two samples.</summary>
    internal static long Rate(UsageSample before, UsageSample now) =>
        now.CpuTotal < before.CpuTotal ? 0 : (long)((now.CpuTotal - before.CpuTotal) / (now.At - before.At).TotalSeconds);

    /// <summary>Memory that the kernel could not take back at once.</summary>
    internal static long WorkingSet(UsageSample sample)
    {
        var inactive = sample.MemoryDetails.GetValueOrDefault("total_inactive_file", sample.MemoryDetails.GetValueOrDefault("inactive_file"));
        return (long)(sample.Memory > inactive ? sample.Memory - inactive : 0);
    }

    private void MeasureHost()
    {
        var (now, busy) = (time.GetUtcNow(), HostReadings.BusyNanoseconds());
        if (_lastHost is { } last && now > last.At)
        {
            var window = now - last.At;
            Volatile.Write(ref _node, new NodeUsage(identity.Name, now, window, (long)((busy - last.Busy) / window.TotalSeconds), HostReadings.MemoryUsed()));
        }

        _lastHost = (now, busy);
    }

    [LoggerMessage(17050, LogLevel.Debug, "Container {Container} could not be measured: {Problem}")]
    private partial void LogNotMeasured(string container, string problem);
}
