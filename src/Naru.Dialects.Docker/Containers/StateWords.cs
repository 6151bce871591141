using System.Globalization;
using Naru.Core.Containers;

namespace Naru.Dialects.Docker.Containers;

/// <summary>A container's state in docker's words.</summary>
internal static class StateWords
{
    public static string Of(ContainerPhase phase) => phase switch
    {
        ContainerPhase.Created => "created",
        ContainerPhase.Running => "running",
        ContainerPhase.Paused => "paused",
        ContainerPhase.Restarting => "restarting",
        ContainerPhase.Exited => "exited",
        ContainerPhase.Removing => "removing",
        ContainerPhase.Dead => "dead",
    };

    /// <summary>What <c>docker ps</c> prints under STATUS.</summary>
    public static string Sentence(ContainerStatus status, DateTimeOffset now)
    {
        switch (status.Phase)
        {
            case ContainerPhase.Running or ContainerPhase.Paused:
                var up = $"Up {Human(now - (status.StartedAt ?? now))}";
                if (status.Phase == ContainerPhase.Paused)
                {
                    return up + " (Paused)";
                }
                return status.Health is { } health
                    ? health.Verdict == HealthVerdict.Starting ? up + " (health: starting)" : $"{up} ({HealthMap.WordOf(health.Verdict)})"
                    : up;
            case ContainerPhase.Restarting:
                return string.Create(CultureInfo.InvariantCulture, $"Restarting ({status.ExitCode}) {Human(now - (status.FinishedAt ?? now))} ago");
            case ContainerPhase.Created:
                return "Created";
            case ContainerPhase.Removing:
                return "Removal In Progress";
            case ContainerPhase.Dead:
                return "Dead";
            default:
                return status.FinishedAt is { } finished
                    ? string.Create(CultureInfo.InvariantCulture, $"Exited ({status.ExitCode}) {Human(now - finished)} ago")
                    : "Created";
        }
    }

    /// <summary>A span in one unit, as people say it.</summary>
    public static string Human(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        var minutes = (long)span.TotalMinutes;
        var hours = (long)(span.TotalHours + 0.5);
        FormattableString text = seconds switch
        {
            < 1 => $"Less than a second",
            1 => $"1 second",
            < 60 => $"{seconds} seconds",
            _ when minutes == 1 => $"About a minute",
            _ when minutes < 60 => $"{minutes} minutes",
            _ when hours == 1 => $"About an hour",
            _ when hours < 48 => $"{hours} hours",
            _ when hours < 24 * 7 * 2 => $"{hours / 24} days",
            _ when hours < 24 * 30 * 2 => $"{hours / 24 / 7} weeks",
            _ when hours < 24 * 365 * 2 => $"{hours / 24 / 30} months",
            _ => $"{hours / 24 / 365} years",
        };
        return FormattableString.Invariant(text);
    }
}
