using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Core.Builds;

/// <summary>
/// Builds images from Dockerfiles. One engine behind both front doors: the classic <c>/build</c> and BuildKit's <c>Solve</c>.
/// Builds may run side by side; equal steps of theirs are carried out once. A build that is cancelled or fails leaves nothing but cache.
/// </summary>
public interface IBuilds
{
    /// <summary>Takes a context that arrives as tar (plain, gzip, bzip2, xz or zstd). Disposing it removes the files.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: not a tar, or one with hostile entries.</exception>
    Task<IBuildContext> ReceiveAsync(Stream archive, CancellationToken cancellationToken);

    /// <summary>Fetches a context that lies elsewhere: <c>http(s)://…</c> (a tar, or a text that is the Dockerfile) or a git repository
    /// (<c>https://host/x.git#ref:directory</c>, <c>git://…</c>, <c>git@host:x</c>).</summary>
    Task<IBuildContext> FetchAsync(string remote, CancellationToken cancellationToken);

    /// <summary>Carries out the steps that the target needs. Progress is told while it goes on.</summary>
    /// <returns>The result, held until it is disposed; not yet an image with a name.</returns>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: the Dockerfile or the request breaks a rule; nothing was told to
    /// <paramref name="progress"/> and nothing done.</exception>
    /// <exception cref="BuildException">A step failed.</exception>
    Task<ISolvedBuild> SolveAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken);

    /// <summary>What the cache holds.</summary>
    ImmutableArray<BuildCacheRecord> Cache();

    /// <summary>Removes cache records that are not in use.</summary>
    Task<BuildPruned> PruneAsync(BuildPrune prune, CancellationToken cancellationToken);
}
