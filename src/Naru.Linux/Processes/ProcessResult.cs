namespace Naru.Linux.Processes;

/// <summary>A finished program: what was run, how it ended, what it wrote.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Exit">How it ended.</param>
/// <param name="Output">Standard output as text, at most <see cref="ProcessRunner.CaptureLimit"/> bytes.</param>
/// <param name="Error">Standard error as text, bounded likewise.</param>
public sealed record ProcessResult(string Command, ProcessExit Exit, string Output, string Error)
{
    /// <summary>This result, or an <see cref="IOException"/> that shows command, code and standard error.</summary>
    public ProcessResult EnsureSuccess() =>
        Exit.Succeeded ? this : throw new IOException($"{Command}: exit code {Exit.Code}: {Error.Trim()}");
}
