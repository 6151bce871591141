using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Core.Builds;

/// <summary>What a build made. Its layers are held until it is disposed; then only cache and images that were stored remain.</summary>
public interface ISolvedBuild : IAsyncDisposable
{
    /// <summary>How to run it, its layers and its history.</summary>
    ImageDraft Draft { get; }

    /// <summary>What it runs on.</summary>
    Platform Platform { get; }

    /// <summary>Build arguments that no ARG declared.</summary>
    ImmutableArray<string> UnusedArguments { get; }

    /// <summary>Puts it among the images under these names (none: unnamed). May be called again.</summary>
    Task<Image> StoreAsync(IReadOnlyList<ImageReference> names, CancellationToken cancellationToken);

    /// <summary>Writes it as an archive.</summary>
    Task WriteAsync(BuildArchive format, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken);

    /// <summary>Opens its files for reading.</summary>
    Task<IBuildTree> OpenTreeAsync(CancellationToken cancellationToken);
}

/// <summary>Forms of an archive.</summary>
public enum BuildArchive
{
    /// <summary>The root's files as tar.</summary>
    Files,

    /// <summary>What <c>docker save</c> writes.</summary>
    Docker,

    /// <summary>An OCI layout as tar.</summary>
    Oci,
}

/// <summary>The files of a result. Paths are resolved inside its root and never leave it.</summary>
public interface IBuildTree : IAsyncDisposable
{
    /// <summary>Every entry, each directory before what it holds, names in byte order.</summary>
    IEnumerable<ContextEntry> Walk();

    /// <summary>The entries of one directory.</summary>
    IReadOnlyList<ContextEntry> List(string path);

    /// <summary>One entry; null: none there.</summary>
    ContextEntry? Stat(string path);

    /// <summary>Opens a file.</summary>
    Stream OpenRead(string path);
}
