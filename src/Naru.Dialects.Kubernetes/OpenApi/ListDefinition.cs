using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>The definition of a kind of lists.</summary>
internal static class ListDefinition
{
    public static MapValue Write(GroupVersionKind kind, string itemName, string description, OpenApiForm form) => new()
    {
        ["description"] = description,
        ["type"] = "object",
        ["required"] = new ListValue(["items"]),
        ["properties"] = new MapValue
        {
            ["apiVersion"] = new MapValue { ["description"] = "APIVersion defines the versioned schema of this representation of an object.", ["type"] = "string" },
            ["items"] = new MapValue { ["description"] = "List of objects.", ["type"] = "array", ["items"] = OpenApiRefs.To(itemName, form) },
            ["kind"] = new MapValue { ["description"] = "Kind is a string value representing the REST resource this object represents.", ["type"] = "string" },
            ["metadata"] = OpenApiRefs.To(OpenApiRefs.ListMeta, form, "Standard list metadata."),
        },
        ["x-kubernetes-group-version-kind"] = new ListValue([OpenApiRefs.KindOf(kind)]),
    };
}
