using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>What rules of one part of a pod must know about the rest of it.</summary>
internal sealed class PodScope
{
    /// <summary>A pod itself, not a template for some.</summary>
    public bool IsPod { get; init; }

    /// <summary>The pod's spec.</summary>
    public required MapValue Spec { get; init; }

    /// <summary>The pod's volumes by name; null if it has none.</summary>
    public Dictionary<string, MapValue>? Volumes { get; set; }

    /// <summary>Names of the pod's device claims; null if it has none.</summary>
    public HashSet<string>? Claims { get; set; }

    /// <summary>Time that the pod has to end.</summary>
    public long? Grace { get; init; }

    /// <summary>The pod is not told apart from users of the host.</summary>
    public bool HostUsers { get; init; } = true;
}
