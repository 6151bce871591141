namespace Naru.Core.Containers;

/// <summary>Where a container is in its life. <see cref="ContainerPhaseLaw"/> holds which steps are legal.</summary>
public enum ContainerPhase
{
    /// <summary>Made, never started.</summary>
    Created,

    /// <summary>Its first process lives.</summary>
    Running,

    /// <summary>Frozen.</summary>
    Paused,

    /// <summary>Ended; its restart policy will start it again.</summary>
    Restarting,

    /// <summary>Ended.</summary>
    Exited,

    /// <summary>Being removed.</summary>
    Removing,

    /// <summary>A removal failed half-way; only removing again is allowed.</summary>
    Dead,
}
