using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Pods;

/// <summary>Keys of labels whose values a new pod brings into its own selectors: other pods count only if they have the same ones.</summary>
internal static class MatchLabelKeys
{
    /// <summary>Writes the values into the selectors of affinity and spreading.</summary>
    public static void Apply(MapValue spec, MapValue? labels)
    {
        if (labels is null)
        {
            return;
        }

        foreach (var side in (ReadOnlySpan<string>)["podAffinity", "podAntiAffinity"])
        {
            if (spec.Map("affinity", side) is { } pods)
            {
                foreach (var (_, term) in pods.Entries("requiredDuringSchedulingIgnoredDuringExecution"))
                {
                    Extend(term, labels);
                }

                foreach (var (_, preference) in pods.Entries("preferredDuringSchedulingIgnoredDuringExecution"))
                {
                    Extend(preference.Under("podAffinityTerm"), labels);
                }
            }
        }

        foreach (var (_, constraint) in spec.Entries("topologySpreadConstraints"))
        {
            Extend(constraint, labels);
        }
    }

    private static void Extend(MapValue holder, MapValue labels)
    {
        if (holder["labelSelector"] is not MapValue selector)
        {
            return;
        }

        Add(selector, labels, holder.Words("matchLabelKeys"), "In");
        Add(selector, labels, holder.Words("mismatchLabelKeys"), "NotIn");
    }

    private static void Add(MapValue selector, MapValue labels, IEnumerable<string> keys, string way)
    {
        foreach (var key in keys)
        {
            if (labels[key] is TextValue value)
            {
                selector.MakeList("matchExpressions").Add(new MapValue { ["key"] = key, ["operator"] = way, ["values"] = new ListValue([value]) });
            }
        }
    }
}
