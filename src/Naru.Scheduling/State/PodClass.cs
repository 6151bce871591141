using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>Pods that are equal for the scheduler: same shape, namespace, labels and owner. Knows on which nodes how many of them are.</summary>
internal sealed class PodClass
{
    private CarriedTerm[]? _terms;

    public required PodShape Shape { get; init; }

    public required string Namespace { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>ReplicaSet/name</c>, or empty: an owner whose selector spreads the pods.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Pods by node's place.</summary>
    public Dictionary<int, PodCount> Nodes { get; } = [];

    /// <summary>Pods, on nodes and waiting, that are of this class.</summary>
    public int Pods { get; set; }

    /// <summary>What is counted of these pods; worked out again when <see cref="CountersAsOf"/> is old.</summary>
    public (NodeCounter Counter, int Weight)[] Counters { get; set; } = [];

    public long CountersAsOf { get; set; } = -1;

    /// <summary>Terms that other pods must mind once one of these is placed.</summary>
    public CarriedTerm[] Terms => _terms ??= [.. CarriedTerm.Of(this)];
}

/// <summary>Pods on a node, and how many of them are being deleted.</summary>
internal readonly record struct PodCount(int All, int Ending);
