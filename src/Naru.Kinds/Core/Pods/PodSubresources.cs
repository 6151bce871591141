using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Pods;

/// <summary>The laws of a pod's parts that are written alone.</summary>
internal static class PodSubresources
{
    private static readonly string[] Resizable = ["containers", "initContainers"];

    /// <summary>A status keeps what only the server knows.</summary>
    public static void PrepareStatus(MapValue body, MapValue old)
    {
        body["spec"] = old["spec"]?.Clone();
        var metadata = body.MakeMap("metadata");
        metadata["ownerReferences"] = old.At("metadata", "ownerReferences")?.Clone();
        metadata["deletionTimestamp"] = old.At("metadata", "deletionTimestamp");
        metadata["deletionGracePeriodSeconds"] = old.At("metadata", "deletionGracePeriodSeconds");
        var status = body.MakeMap("status");
        if (status.Str("qosClass").Length == 0)
        {
            status["qosClass"] = old.At("status", "qosClass");
        }

        if (status.Str("podIP").Length > 0 && status.CountOf("podIPs") == 0)
        {
            status["podIPs"] = new ListValue([new MapValue { ["ip"] = status["podIP"]! }]);
        }

        if (status.Int("observedGeneration") == 0)
        {
            status["observedGeneration"] = old.At("status", "observedGeneration");
        }
    }

    /// <summary>A resize changes resources and how they are applied, container by container.</summary>
    public static void PrepareResize(MapValue body, MapValue old)
    {
        var wished = body.Map("spec")?.CloneMap() ?? [];
        var metadata = body["metadata"];
        foreach (var (name, value) in old.AsSpan())
        {
            body[name] = value.Clone();
        }

        body["metadata"] = metadata;
        var spec = body.MakeMap("spec");
        foreach (var list in Resizable)
        {
            if (wished.CountOf(list) != spec.CountOf(list) || wished.Entries(list).Any(one => (spec.List(list)?[one.Index] as MapValue)?.Str("name") != one.Entry.Str("name")))
            {
                spec[list] = wished[list];
                continue;
            }

            foreach (var (index, container) in wished.Entries(list))
            {
                var target = (MapValue)spec.List(list)![index];
                target["resources"] = container["resources"];
                target["resizePolicy"] = container["resizePolicy"];
            }
        }

        spec["resources"] = wished["resources"];
    }

    /// <summary>Containers for a look inside may only be added.</summary>
    public static void ValidateEphemeral(MapValue body, MapValue old, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("ephemeralContainers");
        PodSpecValidation.Validate(body.Under("spec"), body.Under("metadata"), true, FieldPath.Spec, errors);
        var wished = body.Under("spec").Entries("ephemeralContainers").ToDictionary(static one => one.Entry.Str("name"), static one => one.Entry);
        foreach (var (_, container) in old.Under("spec").Entries("ephemeralContainers"))
        {
            var name = container.Str("name");
            if (!wished.TryGetValue(name, out var same))
            {
                errors.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be removed");
            }
            else if (!SameValue.Of(same, container))
            {
                errors.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be changed");
            }
        }
    }

    /// <summary>The rules of a resize.</summary>
    public static void ValidateResize(MapValue body, MapValue old, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var before = old.Under("spec");
        PodSpecValidation.Validate(spec, body.Under("metadata"), true, FieldPath.Spec, errors);
        if (PodResources.QualityOf(spec) != PodResources.QualityOf(before))
        {
            errors.Invalid(FieldPath.Status.Child("qosClass"), PodResources.QualityOf(spec), "Pod QOS Class may not change as a result of resizing");
        }

        foreach (var list in Resizable)
        {
            if (spec.CountOf(list) != before.CountOf(list))
            {
                errors.Forbidden(FieldPath.Spec.Child(list), "containers may not be renamed or reordered on resize");
                continue;
            }

            foreach (var (index, container) in spec.Entries(list))
            {
                var original = (MapValue)before.List(list)![index];
                var place = FieldPath.Spec.Child(list).Index(index);
                if (original.Str("name") != container.Str("name"))
                {
                    errors.Forbidden(place.Child("name"), "containers may not be renamed or reordered on resize");
                }
                else if (list == "initContainers" && original.Str("restartPolicy") != "Always" && !SameValue.Of(container["resources"], original["resources"]))
                {
                    errors.Forbidden(place.Child("resources"), "only cpu and memory resources for sidecar containers are mutable");
                }
                else
                {
                    ValidateResized(container, original, place, errors);
                }
            }
        }
    }

    /// <summary>The rules of a changed status.</summary>
    public static void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        var status = body.Under("status");
        if (status.Str("nominatedNodeName") is { Length: > 0 } node)
        {
            errors.Form(FieldPath.Status.Child("nominatedNodeName"), node, Metadata.NameChecks.Subdomain);
        }

        if (status.Int("observedGeneration") < 0)
        {
            errors.Invalid(FieldPath.Status.Child("observedGeneration"), status["observedGeneration"], "must be a non-negative integer");
        }

        if (old.Text("status", "qosClass") is { } quality && status.Str("qosClass") is { Length: > 0 } wished && wished != quality)
        {
            errors.Invalid(FieldPath.Status.Child("qosClass"), wished, "field is immutable");
        }

        foreach (var (index, condition) in status.Entries("conditions"))
        {
            errors.Form(FieldPath.Status.Child("conditions").Index(index).Child("type"), condition.Str("type"), Metadata.NameChecks.Qualified);
        }

        foreach (var (index, address) in status.Entries("podIPs"))
        {
            errors.Address(FieldPath.Status.Child("podIPs").Index(index), address.Str("ip"));
        }


        ValidateBackwards(old.Under("spec"), old.Under("status"), status, errors);
    }

    private static void ValidateResized(MapValue container, MapValue original, FieldPath path, FieldErrors errors)
    {
        foreach (var side in (ReadOnlySpan<string>)["requests", "limits"])
        {
            var wished = container.Under("resources").Under(side);
            foreach (var (name, value) in original.Under("resources").Under(side).AsSpan())
            {
                if (wished[name] is null)
                {
                    errors.Forbidden(path.Child("resources", side), $"resource {side} cannot be removed");
                }
                else if (name is not ("cpu" or "memory") && !SameValue.Of(wished[name], value))
                {
                    errors.Forbidden(path.Child("resources", side), "only cpu and memory resources are mutable");
                }
            }
        }
    }

    // A container that has ended in a pod that starts none again stays ended.
    private static void ValidateBackwards(MapValue spec, MapValue before, MapValue status, FieldErrors errors)
    {
        var containers = spec.Entries("containers").Concat(spec.Entries("initContainers")).Select(static one => one.Entry).ToList();
        if (spec.Str("restartPolicy") != "Never" || containers.Exists(static one => one.Entries("restartPolicyRules").Any(static rule => rule.Entry.Str("action") == "RestartAllContainers")))
        {
            return;
        }

        foreach (var (index, container) in status.Entries("containerStatuses"))
        {
            var was = before.Entries("containerStatuses").Select(static one => one.Entry).FirstOrDefault(one => one.Str("name") == container.Str("name"));
            var mayStartAgain = containers.Exists(one => one.Str("name") == container.Str("name") && (one.CountOf("restartPolicyRules") > 0 || one.Str("restartPolicy") is "Always" or "OnFailure"));
            if (!mayStartAgain && was?.Map("state", "terminated") is not null && container.Map("state", "terminated") is null)
            {
                errors.Forbidden(FieldPath.Status.Child("containerStatuses").Index(index).Child("state"), "may not be transitioned to non-terminated state");
            }
        }
    }
}
