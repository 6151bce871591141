namespace Naru.Ingress.Lean;

/// <summary>How forwarding ended.</summary>
internal enum LeanOutcome
{
    /// <summary>The answer has been passed on.</summary>
    Done,

    /// <summary>No connection could be made: nothing was sent.</summary>
    Unreachable,

    /// <summary>The connection ended before the first byte of an answer.</summary>
    Broken,

    /// <summary>Nothing came in time.</summary>
    TimedOut,

    /// <summary>What came is no answer, or ended in the middle.</summary>
    Failed,

    /// <summary>The client is gone.</summary>
    Abandoned,
}
