namespace Naru.Core.Builds;

/// <summary>Something a Dockerfile may name beside its stages: <c>docker build --build-context NAME=…</c>. One of the fields is set.</summary>
public sealed record NamedContext
{
    /// <summary>Files.</summary>
    public IBuildContext? Files { get; init; }

    /// <summary>An image's name.</summary>
    public string? Image { get; init; }

    /// <summary>Another build's result. The caller keeps it.</summary>
    public ISolvedBuild? Solved { get; init; }
}
