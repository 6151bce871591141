using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>References between definitions, and what definitions say about kinds.</summary>
internal static class OpenApiRefs
{
    public const string ObjectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    public const string ListMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    public const string Patch = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
    public const string Status = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    public const string DeleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

    private const string V2Prefix = "#/definitions/";
    private const string V3Prefix = "#/components/schemas/";

    /// <summary>A reference to a definition.</summary>
    public static MapValue To(string name, OpenApiForm form) => new() { ["$ref"] = (form == OpenApiForm.V2 ? V2Prefix : V3Prefix) + name };

    /// <summary>A reference with words of its own. In OpenAPI 3.0 nothing may stand beside a reference, so it is wrapped.</summary>
    public static MapValue To(string name, OpenApiForm form, string description)
    {
        var target = To(name, form);
        if (form == OpenApiForm.V2)
        {
            target["description"] = description;
            return target;
        }

        return new MapValue { ["description"] = description, ["allOf"] = new ListValue([target]) };
    }

    /// <summary>The list of kinds that a definition, or an operation, is about.</summary>
    public static MapValue KindOf(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version };

    /// <summary>The definitions that a tree refers to; other parts that it refers to are not among them.</summary>
    public static IEnumerable<string> In(Value value)
    {
        switch (value)
        {
            case MapValue map:
                foreach (var (name, field) in map)
                {
                    if (name == "$ref" && field is TextValue { Text: var target })
                    {
                        if (target.StartsWith(V2Prefix, StringComparison.Ordinal) || target.StartsWith(V3Prefix, StringComparison.Ordinal))
                        {
                            yield return target[(target.LastIndexOf('/') + 1)..];
                        }

                        continue;
                    }

                    foreach (var inner in In(field))
                    {
                        yield return inner;
                    }
                }

                break;
            case ListValue list:
                foreach (var inner in list.SelectMany(In))
                {
                    yield return inner;
                }

                break;
        }
    }
}
