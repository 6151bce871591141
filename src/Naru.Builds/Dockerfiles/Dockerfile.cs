using System.Collections.Immutable;
using Naru.Core.Builds;

namespace Naru.Builds.Dockerfiles;

/// <summary>A Dockerfile that was understood.</summary>
internal sealed record Dockerfile
{
    public required char Escape { get; init; }

    /// <summary>Value of <c># syntax=</c>.</summary>
    public string Syntax { get; init; } = "";

    /// <summary>ARGs before the first FROM.</summary>
    public required ImmutableArray<ArgInstruction> GlobalArguments { get; init; }

    public required ImmutableArray<Stage> Stages { get; init; }

    public ImmutableArray<BuildWarning> Warnings { get; init; } = [];
}

/// <summary>A FROM and what follows it.</summary>
internal sealed record Stage
{
    public required int Index { get; init; }

    public required FromInstruction From { get; init; }

    public ImmutableArray<Instruction> Instructions { get; init; } = [];

    /// <summary>Name, or number when it has none.</summary>
    public string Name => From.Name.Length > 0 ? From.Name : Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
