using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Answer to a create.</summary>
/// <param name="Container">The container.</param>
/// <param name="Warnings">What was asked but could not be honoured.</param>
public sealed record ContainerCreated(Container Container, ImmutableArray<string> Warnings);

/// <summary>How to stop.</summary>
/// <param name="Signal">First signal; null: the container's.</param>
/// <param name="Timeout">Until SIGKILL; null: the container's; negative: for ever.</param>
public sealed record StopOptions(string? Signal = null, TimeSpan? Timeout = null);

/// <summary>How to remove.</summary>
/// <param name="Force">Kill it first where it runs.</param>
/// <param name="Volumes">Its anonymous volumes too.</param>
/// <param name="Link">Remove the link of that name only (legacy).</param>
public sealed record RemoveOptions(bool Force = false, bool Volumes = false, bool Link = false);

/// <summary>What a wait waits for.</summary>
public enum WaitCondition
{
    /// <summary>It does not run; at once when it does not run now.</summary>
    NotRunning,

    /// <summary>Its next end.</summary>
    NextExit,

    /// <summary>Its removal.</summary>
    Removed,
}

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Exit code; 128 + signal.</param>
/// <param name="Error">Why the wait could not be fulfilled; empty otherwise.</param>
public sealed record ContainerExit(int ExitCode, string Error = "");

/// <summary>A change of limits or policy; null fields stay.</summary>
public sealed record ContainerUpdate
{
    /// <summary>Applies the changes to the resources that are set; validated by the engine afterwards.</summary>
    public Func<ResourceSpec, ResourceSpec>? Resources { get; init; }

    /// <summary>New restart policy.</summary>
    public RestartPolicy? Restart { get; init; }
}

/// <summary>Processes of a container.</summary>
/// <param name="Titles">Column heads.</param>
/// <param name="Rows">A row a process.</param>
public sealed record ProcessTable(ImmutableArray<string> Titles, ImmutableArray<ImmutableArray<string>> Rows);

/// <summary>How to attach.</summary>
public sealed record AttachOptions
{
    /// <summary>Join standard input.</summary>
    public bool Input { get; init; }

    /// <summary>Join standard output.</summary>
    public bool Output { get; init; }

    /// <summary>Join standard error.</summary>
    public bool Error { get; init; }

    /// <summary>First what was written before.</summary>
    public bool Logs { get; init; }

    /// <summary>Stay joined; false: only the logs.</summary>
    public bool Stream { get; init; } = true;

    /// <summary>Keys that detach, <c>ctrl-p,ctrl-q</c>; empty: the default.</summary>
    public string DetachKeys { get; init; } = "";
}
