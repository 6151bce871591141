using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Pods;

/// <summary>Pods from templates.</summary>
internal static class PodTemplates
{
    /// <summary>A pod as the template wishes it, owned by <paramref name="owner"/>, without a name.</summary>
    public static MapValue ToPod(MapValue template, StoredObject owner, WorkloadKind kind)
    {
        var metadata = new MapValue(8) { ["namespace"] = owner.Namespace };
        foreach (var name in (ReadOnlySpan<string>)["labels", "annotations", "finalizers"])
        {
            metadata[name] = template.At("metadata", name)?.Clone();
        }

        metadata["ownerReferences"] = new ListValue([Owners.Reference(owner, kind.Kind)]);
        return new MapValue(4)
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = template.Map("spec")?.CloneMap() ?? [],
        };
    }

    /// <summary>Templates are equal but for a label.</summary>
    public static bool AreEqual(MapValue one, MapValue other, string exceptLabel) => Without(one, exceptLabel).DeepEquals(Without(other, exceptLabel));

    private static MapValue Without(MapValue template, string label)
    {
        var copy = template.CloneMap();
        var metadata = copy.MakeMap("metadata");
        metadata.Map("labels")?.Remove(label);
        if (metadata.Map("labels") is { Count: 0 })
        {
            metadata.Remove("labels");
        }

        // The API server writes it as null where nobody set it.
        if (metadata["creationTimestamp"] is NullValue)
        {
            metadata.Remove("creationTimestamp");
        }

        return copy;
    }
}
