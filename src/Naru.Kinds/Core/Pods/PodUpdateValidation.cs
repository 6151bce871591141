using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Pods;

/// <summary>What of a pod's spec may change after the pod was made: images, a shorter deadline, added tolerations, and what a gate still holds back.</summary>
internal static class PodUpdateValidation
{
    private const string Refusal = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    /// <summary>The rules of a change.</summary>
    public static void Validate(MapValue spec, MapValue old, FieldErrors errors)
    {
        if (!SameCount(spec, old, "containers", errors) | !SameCount(spec, old, "initContainers", errors))
        {
            return;
        }

        ValidateDeadline(spec, old, errors);
        ValidateTolerations(spec, old, errors);
        ValidateGates(spec, old, errors);
        var allowed = spec.CloneMap();
        var gated = old.CountOf("schedulingGates") > 0;
        PutBackImages(allowed, old, "containers", errors);
        PutBackImages(allowed, old, "initContainers", errors);
        allowed["activeDeadlineSeconds"] = old["activeDeadlineSeconds"];
        allowed["tolerations"] = old["tolerations"];
        allowed["schedulingGates"] = old["schedulingGates"];
        if (old.Integer("terminationGracePeriodSeconds") < 0 && spec.Integer("terminationGracePeriodSeconds") == 1)
        {
            allowed["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"];
        }

        if (gated)
        {
            ValidateSelector(spec, old, errors);
            allowed["nodeSelector"] = old["nodeSelector"];
            if (OnlyNarrows(spec, old))
            {
                allowed["affinity"] = old["affinity"];
            }
        }

        if (!SameValue.Of(allowed, old))
        {
            errors.Forbidden(FieldPath.Spec, Refusal);
        }
    }

    private static bool SameCount(MapValue spec, MapValue old, string list, FieldErrors errors)
    {
        if (spec.CountOf(list) == old.CountOf(list))
        {
            return true;
        }

        errors.Forbidden(FieldPath.Spec.Child(list), "pod updates may not add or remove containers");
        return false;
    }

    private static void PutBackImages(MapValue allowed, MapValue old, string list, FieldErrors errors)
    {
        foreach (var (index, container) in allowed.Entries(list))
        {
            if (container.Str("image").Length == 0)
            {
                errors.Required(FieldPath.Spec.Child(list).Index(index).Child("image"));
            }

            container["image"] = old.List(list)?[index] is MapValue before ? before["image"] : null;
        }
    }

    private static void ValidateDeadline(MapValue spec, MapValue old, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("activeDeadlineSeconds");
        if (spec.Integer("activeDeadlineSeconds") is { } wished)
        {
            if (wished > old.Integer("activeDeadlineSeconds"))
            {
                errors.Invalid(path, wished, "must be less than or equal to previous value");
            }
        }
        else if (old.Has("activeDeadlineSeconds"))
        {
            errors.Invalid(path, null, "must not update from a positive integer to nil value");
        }
    }

    private static void ValidateTolerations(MapValue spec, MapValue old, FieldErrors errors)
    {
        if (SameValue.Of(spec["tolerations"], old["tolerations"]))
        {
            return;
        }

        var there = spec.Entries("tolerations").Select(static one => Timeless(one.Entry)).ToList();
        if (old.Entries("tolerations").Any(one => !there.Any(other => SameValue.Of(other, Timeless(one.Entry)))))
        {
            errors.Forbidden(FieldPath.Spec.Child("tolerations"), "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    private static MapValue Timeless(MapValue toleration)
    {
        var copy = toleration.CloneMap();
        copy.Remove("tolerationSeconds");
        return copy;
    }

    private static void ValidateGates(MapValue spec, MapValue old, FieldErrors errors)
    {
        var known = old.Entries("schedulingGates").Select(static one => one.Entry.Str("name")).ToHashSet();
        foreach (var (index, gate) in spec.Entries("schedulingGates"))
        {
            if (!known.Contains(gate.Str("name")))
            {
                errors.Forbidden(FieldPath.Spec.Child("schedulingGates").Index(index).Child("name"), $"only deletion is allowed, but found new scheduling gate '{gate.Str("name")}'");
            }
        }
    }

    private static void ValidateSelector(MapValue spec, MapValue old, FieldErrors errors)
    {
        foreach (var (key, value) in old.Under("nodeSelector").AsSpan())
        {
            if (!SameValue.Of(value, spec.Under("nodeSelector")[key]))
            {
                errors.Invalid(FieldPath.Spec.Child("nodeSelector"), spec["nodeSelector"], "existing key or value cannot be modified or removed");
                return;
            }
        }
    }

    // A gated pod's required node affinity may be made narrower: terms stay, each may gain expressions.
    private static bool OnlyNarrows(MapValue spec, MapValue old)
    {
        var required = "requiredDuringSchedulingIgnoredDuringExecution";
        var wished = spec.Map("affinity", "nodeAffinity", required);
        var before = old.Map("affinity", "nodeAffinity", required);
        if (before is null)
        {
            return SameValue.Of(Without(spec), Without(old));
        }

        if (wished is null || wished.CountOf("nodeSelectorTerms") != before.CountOf("nodeSelectorTerms"))
        {
            return false;
        }

        return SameValue.Of(Without(spec), Without(old)) && before.Entries("nodeSelectorTerms").All(one =>
            wished.List("nodeSelectorTerms")![one.Index] is MapValue term
            && one.Entry.Entries("matchExpressions").All(expression => term.Entries("matchExpressions").Any(other => SameValue.Of(other.Entry, expression.Entry)))
            && one.Entry.Entries("matchFields").All(field => term.Entries("matchFields").Any(other => SameValue.Of(other.Entry, field.Entry))));

        MapValue? Without(MapValue holder)
        {
            var affinity = holder.Map("affinity")?.CloneMap();
            affinity?.Map("nodeAffinity")?.Remove(required);
            if (affinity?.Map("nodeAffinity") is { Count: 0 })
            {
                affinity.Remove("nodeAffinity");
            }

            return affinity;
        }
    }
}
