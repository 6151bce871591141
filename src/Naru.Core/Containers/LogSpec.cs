using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Where a container's output goes.</summary>
public sealed record LogSpec
{
    /// <summary><c>json-file</c>, <c>local</c>, <c>none</c>; empty: the engine's default.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Options, <c>max-size</c>, <c>max-file</c>, <c>labels</c>, <c>env</c>, <c>tag</c>.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
