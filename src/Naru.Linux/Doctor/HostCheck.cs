namespace Naru.Linux.Doctor;

/// <summary>One thing that this host must have or should have.</summary>
public sealed record HostCheck
{
    /// <summary>What it is about: kernel, cgroups, tools, settings, storage, network.</summary>
    public required string Area { get; init; }

    /// <summary>Short and stable, such as <c>ip-forward</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Looks; changes nothing that stays.</summary>
    public required Func<HostFinding> Inspect { get; init; }

    /// <summary>Puts it right; null when a person must. Done twice it does nothing.</summary>
    public Action? Mend { get; init; }

    /// <summary>Whether <c>naru up</c> looks, mends it unasked where that can be, and says what is left, since no container can start or reach a network without.</summary>
    public bool LookAtStart { get; init; }
}
