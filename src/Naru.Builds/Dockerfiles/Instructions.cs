using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Builds.Dockerfiles;

/// <summary>An instruction that was understood; variables are not yet put in.</summary>
internal abstract record Instruction
{
    public required Node Node { get; init; }
}

/// <summary>A command line: words, or one line for the shell.</summary>
/// <param name="Words">The words of the JSON form, or the line alone.</param>
/// <param name="Shell">The shell form.</param>
internal sealed record CommandLine(ImmutableArray<string> Words, bool Shell);

internal sealed record FromInstruction(string Base, string Platform, string Name) : Instruction;

internal sealed record ArgInstruction(ImmutableArray<(string Name, string? Value)> Arguments) : Instruction;

internal sealed record EnvInstruction(ImmutableArray<(string Name, string Value, bool Spaced)> Pairs) : Instruction;

internal sealed record LabelInstruction(ImmutableArray<(string Name, string Value, bool Spaced)> Pairs) : Instruction;

internal sealed record MaintainerInstruction(string Name) : Instruction;

internal sealed record RunInstruction(CommandLine Command, ImmutableArray<string> Mounts, string Network, string Security) : Instruction;

internal sealed record CmdInstruction(CommandLine Command) : Instruction;

internal sealed record EntrypointInstruction(CommandLine Command) : Instruction;

internal sealed record ExposeInstruction(ImmutableArray<string> Ports) : Instruction;

internal sealed record VolumeInstruction(ImmutableArray<string> Paths) : Instruction;

internal sealed record UserInstruction(string User) : Instruction;

internal sealed record WorkdirInstruction(string Path) : Instruction;

internal sealed record StopSignalInstruction(string Signal) : Instruction;

internal sealed record ShellInstruction(ImmutableArray<string> Words) : Instruction;

internal sealed record OnBuildInstruction(string Text) : Instruction;

internal sealed record HealthCheckInstruction(HealthCheckSpec Check) : Instruction;

/// <summary>COPY and ADD.</summary>
internal sealed record CopyInstruction : Instruction
{
    public required ImmutableArray<string> Sources { get; init; }

    public required string Target { get; init; }

    /// <summary>ADD: fetches URLs and unpacks archives.</summary>
    public bool Add { get; init; }

    public string From { get; init; } = "";

    public string Owner { get; init; } = "";

    public string Mode { get; init; } = "";

    public bool Link { get; init; }

    public bool Parents { get; init; }

    public ImmutableArray<string> Exclude { get; init; } = [];

    public string Checksum { get; init; } = "";

    public bool KeepGitDirectory { get; init; }

    /// <summary>ADD of a local archive: unpack it; null: docker's rule.</summary>
    public bool? Unpack { get; init; }
}
