using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

internal static class HealthMap
{
    public static HealthCheckSpec? ToCore(HealthConfig? wire)
    {
        if (wire is null)
        {
            return null;
        }
        if (wire.Retries < 0)
        {
            throw DockerException.BadRequest("Retries in Healthcheck cannot be negative");
        }
        return new HealthCheckSpec
        {
            Test = WireMaps.List(wire.Test),
            Interval = Duration(wire.Interval, "Interval"),
            Timeout = Duration(wire.Timeout, "Timeout"),
            StartPeriod = Duration(wire.StartPeriod, "StartPeriod"),
            StartInterval = Duration(wire.StartInterval, "StartInterval"),
            Retries = wire.Retries == 0 ? null : wire.Retries,
        };
    }

    public static HealthConfig? ToWire(HealthCheckSpec? check) => check is null
        ? null
        : new HealthConfig
        {
            Test = check.Test.IsEmpty ? null : [.. check.Test],
            Interval = Nanoseconds(check.Interval),
            Timeout = Nanoseconds(check.Timeout),
            StartPeriod = Nanoseconds(check.StartPeriod),
            StartInterval = Nanoseconds(check.StartInterval),
            Retries = check.Retries ?? 0,
        };

    /// <summary>Health as it is, or null where nothing is probed.</summary>
    public static Wire.Health? ToWire(Core.Containers.Health? health) => health is null
        ? null
        : new Wire.Health
        {
            Status = WordOf(health.Verdict),
            FailingStreak = health.FailingStreak,
            Log =
            [
                .. health.Log.Select(probe => new HealthcheckResult
                {
                    Start = GoTime.Format(probe.Start),
                    End = GoTime.Format(probe.End),
                    ExitCode = probe.ExitCode,
                    Output = probe.Output,
                }),
            ],
        };

    public static string WordOf(HealthVerdict verdict) => verdict switch
    {
        HealthVerdict.Starting => "starting",
        HealthVerdict.Healthy => "healthy",
        HealthVerdict.Unhealthy => "unhealthy",
    };

    private static TimeSpan? Duration(long nanoseconds, string field)
    {
        if (nanoseconds is < 0 or > 0 and < 1_000_000)
        {
            throw DockerException.BadRequest($"{field} in Healthcheck cannot be less than 1ms");
        }
        return nanoseconds == 0 ? null : GoTime.FromNanoseconds(nanoseconds);
    }

    private static long Nanoseconds(TimeSpan? span) => span is { } value ? GoTime.ToNanoseconds(value) : 0;
}
