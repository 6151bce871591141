using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>What the labels of a namespace demand of its pods.</summary>
internal sealed record NamespacePolicy(LevelVersion Enforce, LevelVersion Audit, LevelVersion Warn)
{
    private const string Prefix = "pod-security.kubernetes.io/";

    public static NamespacePolicy Read(MapValue? labels, AdmissionOptions options) =>
        new(One(labels, "enforce", options.PodSecurityEnforce), One(labels, "audit", options.PodSecurityAudit), One(labels, "warn", options.PodSecurityWarn));

    /// <summary>Labels that mean nothing.</summary>
    public static FieldErrors Check(MapValue? labels)
    {
        var errors = new FieldErrors();
        foreach (var mode in (ReadOnlySpan<string>)["enforce", "audit", "warn"])
        {
            if (labels?.Text(Prefix + mode) is { } level && LevelVersion.ParseLevel(level) is null)
            {
                errors.Invalid($"metadata.labels[{Prefix}{mode}]", level, "must be one of privileged, baseline, restricted");
            }

            if (labels?.Text($"{Prefix}{mode}-version") is { } version && LevelVersion.ParseVersion(version) is null)
            {
                errors.Invalid($"metadata.labels[{Prefix}{mode}-version]", version, "must be \"latest\" or \"v1.x\"");
            }
        }

        return errors;
    }

    // A label that means nothing demands the most: that nobody could write it is no reason to let pods in.
    private static LevelVersion One(MapValue? labels, string mode, string standard)
    {
        var level = labels?.Text(Prefix + mode) is { } text ? LevelVersion.ParseLevel(text) ?? SecurityLevel.Restricted : LevelVersion.ParseLevel(standard) ?? SecurityLevel.Privileged;
        var version = labels?.Text($"{Prefix}{mode}-version") is { } wanted ? LevelVersion.ParseVersion(wanted) ?? LevelVersion.Latest : LevelVersion.Latest;
        return new LevelVersion(level, version);
    }
}
