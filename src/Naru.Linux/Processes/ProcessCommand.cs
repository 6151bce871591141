using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Naru.Linux.Processes;

/// <summary>A program to run: arguments as a list (no shell), descriptors handed on by number, everything else closed.</summary>
public sealed record ProcessCommand
{
    /// <summary>Absolute path, or a name that is looked up in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments after the program's own name.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables added to (or replacing) those of this process.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where it starts; null: where this process is.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Standard input; null: nothing to read.</summary>
    public SafeHandle? Input { get; init; }

    /// <summary>Standard output; null: thrown away.</summary>
    public SafeHandle? Output { get; init; }

    /// <summary>Standard error; null: thrown away.</summary>
    public SafeHandle? Error { get; init; }

    /// <summary>Further descriptors and the numbers (3 and up) that the program finds them under.</summary>
    public ImmutableArray<(SafeHandle Source, int Number)> Descriptors { get; init; } = [];

    /// <summary>The command as a person would type it, for messages and logs.</summary>
    public override string ToString() => Arguments.IsEmpty ? Program : $"{Program} {string.Join(' ', Arguments)}";
}
