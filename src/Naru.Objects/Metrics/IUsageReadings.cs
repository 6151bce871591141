using System.Collections.Immutable;

namespace Naru.Objects.Metrics;

/// <summary>What nodes and containers use, as last measured by the nodes' agents. Any thread; answers from memory.</summary>
public interface IUsageReadings
{
    /// <summary>The nodes that were measured, in order of name.</summary>
    IReadOnlyList<NodeUsage> Nodes();

    /// <summary>The pods that were measured, in a namespace or (null) in all, in order of namespace and name.</summary>
    IReadOnlyList<PodUsage> Pods(string? @namespace);
}

/// <summary>What a node uses.</summary>
/// <param name="Name">The node.</param>
/// <param name="Time">End of the window.</param>
/// <param name="Window">Time that the processor was measured over.</param>
/// <param name="Cpu">Billionths of a processor.</param>
/// <param name="Memory">Bytes of the working set.</param>
public sealed record NodeUsage(string Name, DateTimeOffset Time, TimeSpan Window, long Cpu, long Memory);

/// <summary>What a pod's containers use.</summary>
public sealed record PodUsage(string Namespace, string Name, DateTimeOffset Time, TimeSpan Window, ImmutableArray<ContainerUsage> Containers);

/// <summary>What a container uses: billionths of a processor, bytes of the working set.</summary>
public sealed record ContainerUsage(string Name, long Cpu, long Memory);
