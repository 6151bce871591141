namespace Naru.Admission.Security;

/// <summary>Runs the checks of a level.</summary>
internal static class SecurityEvaluator
{
    /// <summary>What a pod breaks, as users read it; null if nothing.</summary>
    public static string? Evaluate(LevelVersion level, PodView pod)
    {
        if (level.Level == SecurityLevel.Privileged)
        {
            return null;
        }

        var stricter = level.Level == SecurityLevel.Restricted ? RestrictedChecks.All.Where(check => check.Since <= level.Minor).ToList() : [];
        var found = new List<string>();
        foreach (var check in BaselineChecks.All.Where(check => check.Since <= level.Minor && !stricter.Exists(strict => strict.Softer == check.Find)).Concat(stricter))
        {
            if (check.Find(pod, level.Minor) is { } detail)
            {
                found.Add($"{check.Reason} ({detail})");
            }
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }
}
