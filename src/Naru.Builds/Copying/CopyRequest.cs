using System.Collections.Immutable;

namespace Naru.Builds.Copying;

/// <summary>A COPY or ADD whose variables are put in: what goes where.</summary>
internal sealed record CopyRequest
{
    /// <summary><c>COPY</c> or <c>ADD</c>, for messages.</summary>
    public required string Keyword { get; init; }

    /// <summary>Paths or patterns in the source, below its root.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>Absolute path; a slash at the end: a directory.</summary>
    public required string Target { get; init; }

    /// <summary>Owner as numbers; null: as in the source.</summary>
    public (uint User, uint Group)? Owner { get; init; }

    /// <summary>Permission bits of everything; null: as in the source.</summary>
    public uint? Mode { get; init; }

    /// <summary>Keep the directories above each source.</summary>
    public bool Parents { get; init; }

    /// <summary>What to leave out.</summary>
    public Patterns.IgnoreList Exclude { get; init; } = Patterns.IgnoreList.Empty;

    /// <summary>A source that is not there: null, and nothing is copied for a pattern without a match (BuildKit); true: a failure in the classic words.</summary>
    public bool Classic { get; init; }
}
