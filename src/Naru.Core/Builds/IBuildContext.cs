using System.Collections.Immutable;

namespace Naru.Core.Builds;

/// <summary>Files handed to a build.</summary>
public interface IBuildContext : IAsyncDisposable
{
    /// <summary>Makes the files that the query wants present below a directory of the host and returns it. Others may lie there too.
    /// May be called again with other queries; each may have a directory of its own. The files stay until the context is disposed.</summary>
    Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken);
}

/// <summary>Which files of a context are wanted.</summary>
public sealed record ContextQuery
{
    /// <summary>Every file.</summary>
    public static ContextQuery All { get; } = new();

    /// <summary>Patterns of what to take; empty: all.</summary>
    public ImmutableArray<string> Include { get; init; } = [];

    /// <summary>Patterns of what to leave out, in .dockerignore's grammar.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>Paths to take with all that links on the way lead to; empty: all.</summary>
    public ImmutableArray<string> Follow { get; init; } = [];
}
