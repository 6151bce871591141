using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Further processes in running containers (<c>docker exec</c>).</summary>
public interface IExecs
{
    /// <summary>Notes what is to be run. <see cref="Errors.ErrorKind.Conflict"/> when the container does not run or is paused.</summary>
    Task<ExecSession> CreateAsync(string container, ExecSpec spec, CancellationToken cancellationToken);

    /// <summary>One session. Sessions are forgotten some minutes after they ended.</summary>
    ExecSession Get(string id);

    /// <summary>Starts it, once. With detach returns null as soon as it was executed.</summary>
    Task<IAttachment?> StartAsync(string id, ExecStartOptions options, CancellationToken cancellationToken);

    /// <summary>Sets the size of its terminal.</summary>
    Task ResizeAsync(string id, TerminalSize size, CancellationToken cancellationToken);
}

/// <summary>What an exec is to run.</summary>
public sealed record ExecSpec
{
    /// <summary>Program and arguments.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary><c>NAME=value</c> added to the container's environment.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Absolute path inside; empty: the container's.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>user[:group]</c>; empty: the container's.</summary>
    public string User { get; init; } = "";

    /// <summary>All capabilities.</summary>
    public bool Privileged { get; init; }

    /// <summary>A terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Size the terminal starts with.</summary>
    public TerminalSize? TerminalSize { get; init; }

    /// <summary>Joins input.</summary>
    public bool AttachInput { get; init; }

    /// <summary>Joins output.</summary>
    public bool AttachOutput { get; init; }

    /// <summary>Joins error.</summary>
    public bool AttachError { get; init; }

    /// <summary>Keys that detach; empty: the default.</summary>
    public string DetachKeys { get; init; } = "";
}

/// <summary>How to start an exec.</summary>
/// <param name="Detach">Join nothing.</param>
/// <param name="Terminal">The caller expects a terminal.</param>
/// <param name="Size">Size the terminal starts with.</param>
public sealed record ExecStartOptions(bool Detach, bool Terminal, TerminalSize? Size = null);

/// <summary>A session as one reader sees it.</summary>
public sealed record ExecSession
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its container.</summary>
    public required ContainerId Container { get; init; }

    /// <summary>What it runs.</summary>
    public required ExecSpec Spec { get; init; }

    /// <summary>It lives.</summary>
    public bool Running { get; init; }

    /// <summary>Exit code; null until it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Host process id; 0: none.</summary>
    public int Pid { get; init; }

    /// <summary>It may still be started.</summary>
    public bool CanStart { get; init; } = true;
}
