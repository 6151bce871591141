using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Verdict of the probes.</summary>
public enum HealthVerdict
{
    /// <summary>No success yet, start period not over.</summary>
    Starting,

    /// <summary>The last probe succeeded.</summary>
    Healthy,

    /// <summary>As many failures in a row as the check allows, or more.</summary>
    Unhealthy,
}

/// <summary>Health of a running container.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="FailingStreak">Failures in a row.</param>
/// <param name="Log">The last five probes, oldest first.</param>
public sealed record Health(HealthVerdict Verdict, int FailingStreak, ImmutableArray<HealthProbe> Log);

/// <summary>One probe.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="ExitCode">0 healthy, 1 unhealthy, -1 could not run or timed out.</param>
/// <param name="Output">Its first 4096 bytes of output.</param>
public sealed record HealthProbe(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output);
