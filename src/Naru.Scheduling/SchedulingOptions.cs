namespace Naru.Scheduling;

/// <summary>How pods are placed.</summary>
public sealed class SchedulingOptions
{
    /// <summary>The schedulers that this one is, by the name that pods ask for. Pods of other schedulers are left alone.</summary>
    public IReadOnlyList<SchedulingProfile> Profiles { get; init; } = [new()];

    /// <summary>How many of the nodes that would take a pod are compared: a percentage, or 0 for one that falls as the cluster grows. Of fewer than 100 nodes all are.</summary>
    public int PercentageOfNodesToScore { get; init; }

    /// <summary>Pods that are decided on before their bindings are written.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Wait before a refused pod is tried again, doubled with every refusal.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A refused pod is tried again after this time even if nothing happened that could help.</summary>
    public TimeSpan MaxUnschedulable { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time for volumes of a placed pod to be made and bound.</summary>
    public TimeSpan VolumeBindTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Events a second at most; what is above is left out, for events are for people.</summary>
    public int EventsPerSecond { get; init; } = 200;

    /// <summary>The profile of a scheduler; null if it is none of this one's.</summary>
    public SchedulingProfile? ProfileOf(string scheduler)
    {
        foreach (var profile in Profiles)
        {
            if (profile.Name == scheduler)
            {
                return profile;
            }
        }

        return scheduler.Length == 0 && Profiles.Count > 0 ? Profiles[0] : null;
    }
}

/// <summary>A scheduler by name.</summary>
public sealed record SchedulingProfile
{
    /// <summary>What pods have in <c>spec.schedulerName</c>.</summary>
    public string Name { get; init; } = "default-scheduler";

    /// <summary>Fill nodes one after another rather than evenly.</summary>
    public bool Pack { get; init; }

    /// <summary>Spread the pods of a service or replica set over zones and nodes even if they do not ask for it.</summary>
    public bool SpreadByDefault { get; init; } = true;
}
