using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Scheduling;

/// <summary>Classes of priority.</summary>
internal sealed class PriorityClassRules : KindRules
{
    private const long HighestOfUsers = 1_000_000_000;

    private static readonly Dictionary<string, long> System = new() { ["system-cluster-critical"] = 2_000_000_000, ["system-node-critical"] = 2_000_001_000 };

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.Default("preemptionPolicy", "PreemptLowerPriority");
        body.Default("value", 0);
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var name = body.Text("metadata", "name") ?? "";
        var value = body.Int("value");
        if (name.StartsWith("system-", StringComparison.Ordinal))
        {
            if (!System.TryGetValue(name, out var known))
            {
                errors.Forbidden(FieldPath.Metadata.Child("name"), $"priority class names with 'system-' prefix are reserved for system use only. error: {name} is not a known system priority class");
            }
            else if (known != value)
            {
                errors.Forbidden(FieldPath.Metadata.Child("name"), $"priority class names with 'system-' prefix are reserved for system use only. error: value of {name} PriorityClass must be {known}");
            }
        }
        else if (value > HighestOfUsers)
        {
            errors.Forbidden(FieldPath.Of("value"), "maximum allowed value of a user defined priority is 1000000000");
        }

        errors.Word(FieldPath.Of("preemptionPolicy"), body.Str("preemptionPolicy"), "PreemptLowerPriority", "Never");
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        if (body.Int("value") != old.Int("value"))
        {
            errors.Forbidden(FieldPath.Of("value"), "may not be changed in an update.");
        }

        errors.Unchanged(FieldPath.Of("preemptionPolicy"), body["preemptionPolicy"], old["preemptionPolicy"]);
    }

    /// <inheritdoc/>
    protected override bool WishChanged(MapValue body, MapValue old) => body.Int("value") != old.Int("value") || body.Flag("globalDefault") != old.Flag("globalDefault");
}
