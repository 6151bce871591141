using System.Collections.Immutable;

namespace Naru.Builds.Dockerfiles;

/// <summary>An instruction as text: what stands between two line ends that count, heredocs with it.</summary>
internal sealed record Node
{
    /// <summary>Upper case.</summary>
    public required string Keyword { get; init; }

    /// <summary>The whole instruction on one line, continuations joined.</summary>
    public required string Original { get; init; }

    /// <summary>Flags as written, quotes removed, <c>--from=build</c>.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>What follows the flags.</summary>
    public string Rest { get; init; } = "";

    public ImmutableArray<Heredoc> Heredocs { get; init; } = [];

    public int Line { get; init; }

    public int EndLine { get; init; }
}

/// <summary>A text that follows its instruction.</summary>
/// <param name="Name">Its delimiter, also the name of the file that COPY makes.</param>
/// <param name="Expand">Variables are put in (the delimiter was not quoted).</param>
/// <param name="Chomp">Leading tabs go (<c>&lt;&lt;-</c>).</param>
/// <param name="FileDescriptor">Descriptor written before it; 0: none.</param>
/// <param name="Content">The text, with line ends, tabs already removed where asked.</param>
internal sealed record Heredoc(string Name, bool Expand, bool Chomp, uint FileDescriptor, string Content);
