namespace Naru.Commands;

/// <summary>A command ends here with a code and one line of reason.</summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
