namespace Naru.Core.Errors;

/// <summary>A failure that a caller can act on. The message names the object and the broken rule and is shown to users as it is.</summary>
public sealed class NaruException : Exception
{
    /// <summary>Makes a failure of one kind.</summary>
    /// <param name="kind">What the caller can do about it.</param>
    /// <param name="message">Names the object and the broken rule.</param>
    /// <param name="inner">The cause, kept for logs.</param>
    public NaruException(ErrorKind kind, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
    }

    /// <summary>What the caller can do about it.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What the failure is about, where a dialect shows more than the message; null elsewhere.</summary>
    public FailureDetails? Details { get; init; }

    /// <summary>Exit code that a command line should end with when this failure came from starting a process
    /// (126: not executable, 127: not found); null elsewhere.</summary>
    public int? ExitCode { get; init; }

    /// <summary>A <see cref="ErrorKind.NotFound"/> failure.</summary>
    public static NaruException NotFound(string message) => new(ErrorKind.NotFound, message);

    /// <summary>An <see cref="ErrorKind.InvalidArgument"/> failure.</summary>
    public static NaruException Invalid(string message) => new(ErrorKind.InvalidArgument, message);

    /// <summary>A <see cref="ErrorKind.Conflict"/> failure.</summary>
    public static NaruException Conflict(string message) => new(ErrorKind.Conflict, message);
}
