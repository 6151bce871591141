namespace Naru.Core.Builds;

/// <summary>A step failed: the Dockerfile's or the user's fault, shown as it is.</summary>
public sealed class BuildException : Exception
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Docker's words, <c>The command '/bin/sh -c false' returned a non-zero code: 1</c>.</param>
    /// <param name="code">Exit code of the command; 0: no command failed.</param>
    /// <param name="line">Line of the Dockerfile; 0: none.</param>
    /// <param name="inner">Cause.</param>
    public BuildException(string message, int code = 0, int line = 0, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Line = line;
    }

    /// <summary>Exit code of the command; 0: no command failed.</summary>
    public int Code { get; }

    /// <summary>Line of the Dockerfile; 0: none.</summary>
    public int Line { get; }
}
