using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>The first process of a container.</summary>
public sealed record ProcessSpec
{
    /// <summary>Program and leading arguments; null: the image's; empty: none, whatever the image says.</summary>
    public ImmutableArray<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entry point; null: the image's (unless an entry point was given).</summary>
    public ImmutableArray<string>? Command { get; init; }

    /// <summary><c>NAME=value</c> in the order asked; a bare <c>NAME</c> removes what the image sets.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Absolute path inside; null: the image's, else <c>/</c>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>user[:group]</c>, names or numbers; null: the image's, else root.</summary>
    public string? User { get; init; }

    /// <summary>A terminal is the process's input and output.</summary>
    public bool Terminal { get; init; }

    /// <summary>Size the terminal starts with; null: the kernel's.</summary>
    public TerminalSize? TerminalSize { get; init; }

    /// <summary>Keep standard input open though nobody is attached.</summary>
    public bool OpenInput { get; init; }

    /// <summary>Close standard input for good when the first attached client leaves.</summary>
    public bool InputOnce { get; init; }

    /// <summary>The creator means to attach standard input.</summary>
    public bool AttachInput { get; init; }

    /// <summary>The creator means to attach standard output.</summary>
    public bool AttachOutput { get; init; }

    /// <summary>The creator means to attach standard error.</summary>
    public bool AttachError { get; init; }

    /// <summary>Signal that asks it to stop, <c>SIGTERM</c> or <c>15</c>; null: the image's, else SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Time between that signal and SIGKILL; null: ten seconds; negative: for ever.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>The shell of the shell forms; null: the image's.</summary>
    public ImmutableArray<string>? Shell { get; init; }
}
