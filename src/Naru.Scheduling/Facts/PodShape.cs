namespace Naru.Scheduling.Facts;

/// <summary>What pods of equal specifications share: all that a place depends on but identity, labels and volumes. Never changes; what is worked out for one pod
/// of a shape holds for all of them.</summary>
internal sealed class PodShape
{
    /// <summary>What it takes, without what is not asked for.</summary>
    public required ResourceAmount[] Requests { get; init; }

    /// <summary>Processor for comparing nodes: asked for or assumed.</summary>
    public required long ScoredCpu { get; init; }

    /// <inheritdoc cref="ScoredCpu"/>
    public required long ScoredMemory { get; init; }

    public HostPort[] Ports { get; init; } = [];

    public Toleration[] Tolerations { get; init; } = [];

    public LabelRules NodeSelector { get; init; } = LabelRules.Everything;

    /// <summary>Null if any node will do.</summary>
    public NodeTerm[]? RequiredNodes { get; init; }

    public PreferredNodeTerm[] PreferredNodes { get; init; } = [];

    /// <summary>The only nodes that can take it, where required terms name them all; null otherwise.</summary>
    public string[]? OnlyNodes { get; init; }

    public string[] Images { get; init; } = [];

    public int Containers { get; init; }

    public SpreadRule[] Spread { get; init; } = [];

    public PodTerm[] Affinity { get; init; } = [];

    public PodTerm[] AntiAffinity { get; init; } = [];

    public WeightedPodTerm[] PreferredAffinity { get; init; } = [];

    /// <summary>It has terms that later pods must mind.</summary>
    public bool HasPodTerms => Affinity.Length + AntiAffinity.Length + PreferredAffinity.Length > 0;

    public long RequestOf(int resource)
    {
        foreach (var request in Requests)
        {
            if (request.Resource == resource)
            {
                return request.Amount;
            }
        }

        return 0;
    }
}

/// <summary>A port of the host that a pod takes.</summary>
internal readonly record struct HostPort(string Address, string Protocol, int Port)
{
    private const string AnyAddress = "0.0.0.0";

    public bool Collides(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);
}
