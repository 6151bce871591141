using System.Collections.Immutable;

namespace Naru.Core.Volumes;

/// <summary>A volume as one reader sees it.</summary>
public sealed record Volume
{
    /// <summary>Its name; 64 hexadecimal digits for an anonymous one.</summary>
    public required string Name { get; init; }

    /// <summary><c>local</c>.</summary>
    public required string Driver { get; init; }

    /// <summary>Directory with its files on the host.</summary>
    public required string Path { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Options: <c>type</c>, <c>device</c>, <c>o</c>, <c>size</c>.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>It was made without a name.</summary>
    public bool Anonymous { get; init; }
}
