namespace Naru.Core.Containers;

/// <summary>A mount as it was worked out when the container was created: where its bytes really are.</summary>
public sealed record MountPoint
{
    /// <summary>Kind of the source.</summary>
    public required MountKind Kind { get; init; }

    /// <summary>Volume name; empty for others.</summary>
    public string VolumeName { get; init; } = "";

    /// <summary>Path on the host; empty for tmpfs.</summary>
    public required string Source { get; init; }

    /// <summary>Absolute path inside.</summary>
    public required string Target { get; init; }

    /// <summary>Driver of the volume.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Mode words, as asked.</summary>
    public string Mode { get; init; } = "";

    /// <summary>May be written.</summary>
    public bool Writable { get; init; } = true;

    /// <summary>Propagation word.</summary>
    public string Propagation { get; init; } = "";

    /// <summary>The volume was made for this container alone and goes with it (<c>docker rm -v</c>, auto-remove).</summary>
    public bool Anonymous { get; init; }

    /// <summary>The mount asked for that this came from; null for a volume that the image declares or that another container lent.</summary>
    public MountSpec? Spec { get; init; }
}
