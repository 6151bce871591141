using System.Collections.Immutable;
using Naru.Core.Units;

namespace Naru.Core.Containers;

/// <summary>What kind of thing is mounted.</summary>
public enum MountKind
{
    /// <summary>A path of the host.</summary>
    Bind,

    /// <summary>A volume.</summary>
    Volume,

    /// <summary>Memory.</summary>
    Tmpfs,

    /// <summary>The root of an image, read-only.</summary>
    Image,
}

/// <summary>One mount asked for.</summary>
public sealed record MountSpec
{
    /// <summary>Kind of the source.</summary>
    public required MountKind Kind { get; init; }

    /// <summary>Host path, volume name (empty: an anonymous volume) or image; empty for tmpfs.</summary>
    public string Source { get; init; } = "";

    /// <summary>Absolute path inside the container.</summary>
    public required string Target { get; init; }

    /// <summary>May not be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Asked in the short form <c>source:target[:mode]</c>: a missing host path is created, and inspect echoes it as a bind string.</summary>
    public bool ShortForm { get; init; }

    /// <summary>The mode words of the short form as written, <c>ro,z</c>; also the option string of a short tmpfs.</summary>
    public string Mode { get; init; } = "";

    /// <summary><c>private</c>, <c>rprivate</c>, <c>shared</c>, <c>rshared</c>, <c>slave</c>, <c>rslave</c> or empty (<c>rprivate</c>).</summary>
    public string Propagation { get; init; } = "";

    /// <summary>Bind without the mounts below the source.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>Create the host path when it is missing.</summary>
    public bool CreateSource { get; init; }

    /// <summary>Only the top mount is made read-only.</summary>
    public bool ReadOnlyNonRecursive { get; init; }

    /// <summary>Fail when the mounts below cannot be made read-only.</summary>
    public bool ReadOnlyForceRecursive { get; init; }

    /// <summary>Do not copy the image's files at the target into an empty volume.</summary>
    public bool NoCopy { get; init; }

    /// <summary>Path inside the volume or image; empty: its root.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>Driver of a volume that has to be made.</summary>
    public string VolumeDriver { get; init; } = "";

    /// <summary>Driver options of a volume that has to be made.</summary>
    public ImmutableSortedDictionary<string, string> VolumeOptions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Labels of a volume that has to be made.</summary>
    public ImmutableSortedDictionary<string, string> VolumeLabels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Size of a tmpfs; zero: the kernel's default.</summary>
    public ByteSize TmpfsSize { get; init; }

    /// <summary>Permission bits of a tmpfs; null: 1777.</summary>
    public int? TmpfsMode { get; init; }

    /// <summary>Further tmpfs options, each <c>[key]</c> or <c>[key, value]</c>.</summary>
    public ImmutableArray<ImmutableArray<string>> TmpfsOptions { get; init; } = [];

    /// <summary>Files belong to whom they belong to on the host, which is nobody inside a container with users of its own. Else such a container sees ids as they are on disk.</summary>
    public bool KeepOwners { get; init; }

    /// <summary>Consistency word, echoed only.</summary>
    public string Consistency { get; init; } = "";
}
