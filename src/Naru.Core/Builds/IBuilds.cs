using System.Collections.Immutable;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Core.Builds;

/// <summary>Builds images from Dockerfiles. One engine behind both front doors: the classic <c>/build</c> and BuildKit's <c>Solve</c>.</summary>
public interface IBuilds
{
    /// <summary>Carries out a build. Progress is told while it goes on. A failing step is a <see cref="BuildException"/>.</summary>
    Task<BuildResult> BuildAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken);

    /// <summary>What the cache holds.</summary>
    ImmutableArray<BuildCacheRecord> Cache();

    /// <summary>Removes cache records that are not in use.</summary>
    Task<(ImmutableArray<string> Ids, long Reclaimed)> PruneAsync(BuildPrune prune, CancellationToken cancellationToken);
}

/// <summary>A build asked for.</summary>
public sealed record BuildRequest
{
    /// <summary>The files that COPY and ADD see.</summary>
    public required IBuildContext Context { get; init; }

    /// <summary>Path of the Dockerfile in the context; ignored when <see cref="DockerfileText"/> is set.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>The Dockerfile itself, when it does not come from the context.</summary>
    public string? DockerfileText { get; init; }

    /// <summary>Further contexts by name (<c>--build-context</c>): a context or an image reference <c>docker-image://…</c>.</summary>
    public ImmutableDictionary<string, IBuildContext> NamedContexts { get; init; } = ImmutableDictionary<string, IBuildContext>.Empty;

    /// <summary>Further contexts that are images, by name.</summary>
    public ImmutableDictionary<string, string> NamedImages { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of the result.</summary>
    public ImmutableArray<ImageReference> Names { get; init; } = [];

    /// <summary>Stage to stop at; empty: the last.</summary>
    public string Target { get; init; } = "";

    /// <summary>Build arguments; null value: take none though declared.</summary>
    public ImmutableDictionary<string, string?> Arguments { get; init; } = ImmutableDictionary<string, string?>.Empty;

    /// <summary>Labels of the result.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Images whose steps may be taken over.</summary>
    public ImmutableArray<string> CacheFrom { get; init; } = [];

    /// <summary>Take nothing from the cache.</summary>
    public bool NoCache { get; init; }

    /// <summary>Always ask the registry for newer base images.</summary>
    public bool Pull { get; init; }

    /// <summary>Platform of the result; null: the host's.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Network of RUN: <c>default</c>, <c>host</c>, <c>none</c>, a network, <c>container:X</c>.</summary>
    public string NetworkMode { get; init; } = "";

    /// <summary>Lines of /etc/hosts for RUN, <c>name:address</c>.</summary>
    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    /// <summary>Limits of RUN.</summary>
    public Containers.ResourceSpec Resources { get; init; } = new();

    /// <summary>Security options of RUN.</summary>
    public ImmutableArray<string> SecurityOptions { get; init; } = [];

    /// <summary>Credentials by registry.</summary>
    public ImmutableDictionary<string, RegistryCredentials> Credentials { get; init; } = ImmutableDictionary<string, RegistryCredentials>.Empty;

    /// <summary>Gives credentials on demand (a BuildKit session); asked before <see cref="Credentials"/>.</summary>
    public Func<string, CancellationToken, Task<RegistryCredentials?>>? AskCredentials { get; init; }

    /// <summary>Gives secrets by id for <c>RUN --mount=type=secret</c>; null result: no such secret.</summary>
    public Func<string, CancellationToken, Task<byte[]?>>? AskSecret { get; init; }

    /// <summary>Opens a connection to an SSH agent by id for <c>RUN --mount=type=ssh</c>; null result: none.</summary>
    public Func<string, CancellationToken, Task<Stream?>>? AskSsh { get; init; }

    /// <summary>Where the result goes.</summary>
    public BuildExport Export { get; init; } = BuildExport.Image;

    /// <summary>For exports as files or archive: receives the tar.</summary>
    public Func<CancellationToken, Task<Stream>>? OpenExport { get; init; }

    /// <summary>Steps are committed as images of their own that can be seen as parents (the classic builder).</summary>
    public bool Classic { get; init; }

    /// <summary>Remove the containers of steps, also of failed ones (classic).</summary>
    public bool ForceRemove { get; init; }
}

/// <summary>Where a build's result goes.</summary>
public enum BuildExport
{
    /// <summary>The image store.</summary>
    Image,

    /// <summary>Nowhere; the cache is warmed.</summary>
    CacheOnly,

    /// <summary>The root file system's files as a tar stream (<c>-o DIR</c>, <c>-o type=tar</c>).</summary>
    Files,

    /// <summary>A docker archive.</summary>
    DockerArchive,

    /// <summary>An OCI archive.</summary>
    OciArchive,
}

/// <summary>Files handed to a build.</summary>
public interface IBuildContext
{
    /// <summary>Makes the files that the patterns name present below a directory of the host and returns it; called with further patterns as the build learns what it needs.
    /// An empty list: all files. <c>.dockerignore</c> is applied already.</summary>
    Task<string> MaterialiseAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken);
}

/// <summary>Hears how a build goes. Calls come in order for one step; steps may overlap.</summary>
public interface IBuildProgress
{
    /// <summary>All steps that are known so far, in order of the Dockerfile; told again when more are known.</summary>
    void Planned(ImmutableArray<BuildStep> steps);

    /// <summary>A step begins.</summary>
    void Started(BuildStep step);

    /// <summary>A step wrote output.</summary>
    void Output(BuildStep step, Containers.OutputStream stream, ReadOnlySpan<byte> bytes);

    /// <summary>News of fetching within a step.</summary>
    void Progress(BuildStep step, ImageProgress news);

    /// <summary>A step ended; the image or layer it made, empty when none.</summary>
    void Completed(BuildStep step, BuildStepOutcome outcome);

    /// <summary>A warning about the Dockerfile.</summary>
    void Warn(string message, int line);
}

/// <summary>One step of a build.</summary>
public sealed record BuildStep
{
    /// <summary>Names it for ever: a digest over what it does and what it stands on.</summary>
    public required Digest Id { get; init; }

    /// <summary>The steps it waits for.</summary>
    public ImmutableArray<Digest> Inputs { get; init; } = [];

    /// <summary>For people: <c>[build 2/3] RUN make</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The instruction as the Dockerfile has it after expansion, <c>RUN make</c>.</summary>
    public string Instruction { get; init; } = "";

    /// <summary>Number of the step in the classic builder's count, from 1; 0: internal.</summary>
    public int Number { get; init; }

    /// <summary>Number of all steps in that count.</summary>
    public int Count { get; init; }

    /// <summary>Line of the Dockerfile; 0: none.</summary>
    public int Line { get; init; }
}

/// <summary>How a step ended.</summary>
/// <param name="Cached">It came from the cache.</param>
/// <param name="ImageId">Short or whole id of what it made; empty: nothing.</param>
/// <param name="ContainerId">Container it ran in; empty: none.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record BuildStepOutcome(bool Cached, string ImageId, string ContainerId, string? Error);

/// <summary>What a build made.</summary>
/// <param name="Image">The image; null when exported otherwise.</param>
/// <param name="UnusedArguments">Build arguments that no ARG declared.</param>
public sealed record BuildResult(Image? Image, ImmutableArray<string> UnusedArguments);

/// <summary>A step failed: the Dockerfile's or the user's fault, shown as it is.</summary>
public sealed class BuildException : Exception
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Docker's words, <c>The command '/bin/sh -c false' returned a non-zero code: 1</c>.</param>
    /// <param name="code">Exit code of the command; 0: no command failed.</param>
    /// <param name="inner">Cause.</param>
    public BuildException(string message, int code = 0, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
    }

    /// <summary>Exit code of the command; 0: no command failed.</summary>
    public int Code { get; }
}

/// <summary>A record of the build cache.</summary>
public sealed record BuildCacheRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Records it stands on.</summary>
    public ImmutableArray<string> Parents { get; init; } = [];

    /// <summary><c>regular</c>, <c>source.local</c>, <c>exec.cachemount</c>, <c>internal</c>, <c>frontend</c>.</summary>
    public string Type { get; init; } = "regular";

    /// <summary>What it is.</summary>
    public string Description { get; init; } = "";

    /// <summary>A build uses it now.</summary>
    public bool InUse { get; init; }

    /// <summary>An image shares it.</summary>
    public bool Shared { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it was last used.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>How often.</summary>
    public int UsageCount { get; init; }
}

/// <summary>What to remove from the cache.</summary>
/// <param name="All">Also what images share.</param>
/// <param name="KeepStorage">Stop when so much is left; zero: remove all that is allowed.</param>
/// <param name="Allowed">Which records may go.</param>
public sealed record BuildPrune(bool All, ByteSize KeepStorage, Func<BuildCacheRecord, bool> Allowed);
