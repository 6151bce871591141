using System.Collections.Immutable;

namespace Naru.Objects.Access;

/// <summary>Who asks.</summary>
public sealed record UserInfo
{
    /// <summary>The system itself.</summary>
    public static readonly UserInfo System = new() { Name = "system:admin", Groups = ["system:masters", "system:authenticated"] };

    /// <summary>Nobody known.</summary>
    public static readonly UserInfo Anonymous = new() { Name = "system:anonymous", Groups = ["system:unauthenticated"] };

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Identity that outlives renames; may be empty.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Groups.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Whatever else the authenticator knows.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Extra { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
}
