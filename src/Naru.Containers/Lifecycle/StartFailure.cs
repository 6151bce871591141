using Naru.Core.Errors;

namespace Naru.Containers.Lifecycle;

/// <summary>Puts the runtime's failures to execute into the words that Docker's clients look for, with the exit code they imply.</summary>
internal static class StartFailure
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;
    private const int Other = 128;

    private const string CreatePrefix = "failed to create task for container: failed to create shim task: OCI runtime create failed: ";

    /// <summary>The failure to show for a message of the runtime.</summary>
    /// <param name="message">What the runtime wrote.</param>
    /// <param name="program">The program that was to be executed.</param>
    public static NaruException From(string message, string program)
    {
        var (text, code) = Translate(message.Trim(), program);
        return new NaruException(code == Other ? ErrorKind.Internal : ErrorKind.InvalidArgument, $"{CreatePrefix}{text}: unknown") { ExitCode = code };
    }

    /// <summary>The runtime's words and exit code for an exec.</summary>
    public static (string Text, int Code) Translate(string message, string program)
    {
        const string Start = "unable to start container process: ";
        if (message.Contains("not found in $PATH", StringComparison.Ordinal))
        {
            return program.Contains('/', StringComparison.Ordinal)
                ? ($"{Start}exec: \"{program}\": stat {program}: no such file or directory", NotFound)
                : ($"{Start}exec: \"{program}\": executable file not found in $PATH", NotFound);
        }

        if (message.Contains("open executable", StringComparison.Ordinal) || message.Contains("exec: ", StringComparison.Ordinal))
        {
            if (message.Contains("Permission denied", StringComparison.OrdinalIgnoreCase))
            {
                return ($"{Start}exec: \"{program}\": permission denied", NotExecutable);
            }

            if (message.Contains("Operation not permitted", StringComparison.OrdinalIgnoreCase) || message.Contains("is a directory", StringComparison.OrdinalIgnoreCase))
            {
                return ($"{Start}exec: \"{program}\": is a directory: permission denied", NotExecutable);
            }

            if (message.Contains("Exec format error", StringComparison.OrdinalIgnoreCase))
            {
                return ($"{Start}exec {program}: exec format error", Other);
            }
        }

        if (message.Contains("executable file not found in $PATH", StringComparison.Ordinal))
        {
            return (message, NotFound);
        }

        if (message.Contains("ermission denied", StringComparison.Ordinal))
        {
            return (Lower(message), NotExecutable);
        }

        if (message.Contains("ot a directory", StringComparison.Ordinal))
        {
            return ($"{Lower(message)}: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type", NotFound);
        }

        return message.Contains("o such file or directory", StringComparison.Ordinal) ? (Lower(message), NotFound) : (message, Other);
    }

    private static string Lower(string message) => message
        .Replace("No such file or directory", "no such file or directory", StringComparison.Ordinal)
        .Replace("Not a directory", "not a directory", StringComparison.Ordinal)
        .Replace("Permission denied", "permission denied", StringComparison.Ordinal);
}
