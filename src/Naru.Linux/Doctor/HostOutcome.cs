namespace Naru.Linux.Doctor;

/// <summary>How bad a finding is.</summary>
public enum HostOutcome
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Containers run, but something is missing or will be missed.</summary>
    Notice,

    /// <summary>Containers do not run, or not as asked.</summary>
    Bad,
}
