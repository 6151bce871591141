using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Core.Containers;

/// <summary>A container as one reader sees it: asked and actual at one moment. A new value replaces it at every change.</summary>
public sealed record Container
{
    /// <summary>Its id.</summary>
    public required ContainerId Id { get; init; }

    /// <summary>Its name, without a slash.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The image it was made from.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>Manifest of that image, where known.</summary>
    public Digest? ImageManifest { get; init; }

    /// <summary>What was asked, with the image's defaults merged in.</summary>
    public required ContainerSpec Spec { get; init; }

    /// <summary>What it is doing.</summary>
    public required ContainerStatus Status { get; init; }

    /// <summary>Its mounts as worked out.</summary>
    public ImmutableArray<MountPoint> Mounts { get; init; } = [];

    /// <summary>Key of its writable root in the snapshot store.</summary>
    public required string SnapshotKey { get; init; }

    /// <summary>File that holds its output on the host; empty when the log driver keeps none.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Directory with its hosts, hostname and resolv.conf files on the host.</summary>
    public string StateDirectory { get; init; } = "";

    /// <summary>OCI runtime it uses.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>Program and arguments as they are executed.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Ids of exec sessions that still live.</summary>
    public ImmutableArray<string> ExecIds { get; init; } = [];

    /// <summary>True while its first process lives (also when frozen).</summary>
    public bool IsLive => Status.Phase is ContainerPhase.Running or ContainerPhase.Paused;
}
