namespace Naru.Commands;

/// <summary>What naru's exit code says; documented in docs/operations.md.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It was tried and failed.</summary>
    public const int Failure = 1;

    /// <summary>Wrong arguments or configuration; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>No naru answers at the run directory.</summary>
    public const int NotRunning = 3;

    /// <summary>Doctor: the host lacks something.</summary>
    public const int HostUnfit = 4;

    /// <summary>Another naru holds the data or run directory.</summary>
    public const int Busy = 5;

    /// <summary>Interrupted by a signal.</summary>
    public const int Interrupted = 130;
}
