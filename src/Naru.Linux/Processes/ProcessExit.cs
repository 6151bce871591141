namespace Naru.Linux.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code, or 128 + signal.</param>
/// <param name="Signal">The signal that ended it; 0: it ended by itself.</param>
public readonly record struct ProcessExit(int Code, int Signal)
{
    public bool Succeeded => Code == 0;
}
