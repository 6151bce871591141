using Naru.Linux.Files;

namespace Naru.Linux.Doctor;

/// <summary>All checks of a host, and how to run them.</summary>
public static class HostSurvey
{
    /// <summary>The checks, in the order in which they are shown.</summary>
    /// <param name="dataDirectory">Where the instance keeps its state; it need not exist yet.</param>
    /// <param name="runtime">OCI runtime that the instance is set to use.</param>
    public static IReadOnlyList<HostCheck> Checks(string dataDirectory, string runtime) =>
    [
        .. KernelChecks.All(),
        .. CgroupChecks.All(),
        .. ToolChecks.All(runtime),
        .. SettingChecks.All(),
        .. StorageChecks.All(dataDirectory),
        .. NetworkChecks.All(),
    ];

    /// <summary>Looks, and where <paramref name="mend"/> allows it and it is needed puts right and looks again.</summary>
    public static HostReport Run(HostCheck check, bool mend)
    {
        var finding = Look(check);
        if (!mend || check.Mend is null || finding.Outcome == HostOutcome.Good)
        {
            return new HostReport(check, finding, Mended: false);
        }

        try
        {
            check.Mend();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LinuxException)
        {
            return new HostReport(check, finding with { Text = $"{finding.Text}; mending failed: {exception.Message}" }, Mended: false);
        }

        var after = Look(check);
        return new HostReport(check, after, Mended: after.Outcome == HostOutcome.Good);
    }

    private static HostFinding Look(HostCheck check)
    {
        try
        {
            return check.Inspect();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return HostFinding.Notice($"cannot be checked: {exception.Message}", Environment.IsPrivilegedProcess ? null : "run as root");
        }
    }
}
