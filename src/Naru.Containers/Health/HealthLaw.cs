using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Containers.Health;

/// <summary>What a probe makes of a container's health.</summary>
internal static class HealthLaw
{
    private const int KeptProbes = 5;
    private const int DefaultRetries = 3;
    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(5);

    /// <summary>Health at the begin of a run.</summary>
    public static Core.Containers.Health Begin { get; } = new(HealthVerdict.Starting, 0, []);

    /// <summary>True when the check asks for probes.</summary>
    public static bool IsProbed(HealthCheckSpec? check) => check is { IsDisabled: false, Test.Length: > 1 };

    /// <summary>Health after one more probe.</summary>
    /// <param name="before">Health before it.</param>
    /// <param name="probe">The probe.</param>
    /// <param name="check">How it is probed.</param>
    /// <param name="startedAt">Begin of the run.</param>
    public static Core.Containers.Health Next(Core.Containers.Health before, HealthProbe probe, HealthCheckSpec check, DateTimeOffset startedAt)
    {
        var log = before.Log.Add(probe);
        log = log.Length > KeptProbes ? log[^KeptProbes..] : log;
        if (probe.ExitCode == 0)
        {
            return new Core.Containers.Health(HealthVerdict.Healthy, 0, log);
        }

        if (before.Verdict == HealthVerdict.Starting && IsStarting(check, startedAt, probe.Start))
        {
            return before with { Log = log };
        }

        var streak = before.FailingStreak + 1;
        var retries = check.Retries is > 0 and var asked ? asked : DefaultRetries;
        return new Core.Containers.Health(streak >= retries ? HealthVerdict.Unhealthy : before.Verdict, streak, log);
    }

    /// <summary>Time until the next probe.</summary>
    public static TimeSpan Wait(Core.Containers.Health health, HealthCheckSpec check, DateTimeOffset startedAt, DateTimeOffset now) =>
        health.Verdict == HealthVerdict.Starting && IsStarting(check, startedAt, now)
            ? Or(check.StartInterval, DefaultStartInterval)
            : Or(check.Interval, DefaultTime);

    /// <summary>How long a probe may take.</summary>
    public static TimeSpan Timeout(HealthCheckSpec check) => Or(check.Timeout, DefaultTime);

    /// <summary>What a probe executes.</summary>
    public static ImmutableArray<string> Command(HealthCheckSpec check, ProcessSpec process) => check.Test[0] == "CMD-SHELL"
        ? [.. process.Shell is { Length: > 0 } shell ? shell : ["/bin/sh", "-c"], check.Test[1]]
        : check.Test[1..];

    private static bool IsStarting(HealthCheckSpec check, DateTimeOffset startedAt, DateTimeOffset now) =>
        check.StartPeriod is { } period && now - startedAt < period;

    private static TimeSpan Or(TimeSpan? asked, TimeSpan otherwise) => asked is { } time && time > TimeSpan.Zero ? time : otherwise;
}
