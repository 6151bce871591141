using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Schemas of the resources that policies are about.</summary>
internal sealed class ObjectSchemas(Lazy<IObjects> objects)
{
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>The schema of a resource; null if it has none.</summary>
    public ISchema? Of(ResourceInfo resource) => resource.IsCustom
        ? Definition(resource)?.As(ReadAll).GetValueOrDefault(resource.Resource.Version)
        : BuiltInSchemas.Find(resource.GroupVersionKind);

    /// <summary>The OpenAPI schema of a custom resource; null for others.</summary>
    public MapValue? OpenApi(ResourceInfo resource) =>
        Definition(resource)?.Tree.Maps("spec", "versions").FirstOrDefault(one => one.Text("name") == resource.Resource.Version)?.Map("schema", "openAPIV3Schema");

    private StoredObject? Definition(ResourceInfo resource) => objects.Value.Get(Definitions, "", resource.Resource.GroupResource.ToString());

    private static Dictionary<string, ISchema> ReadAll(ReadOnlyMemory<byte> json)
    {
        var schemas = new Dictionary<string, ISchema>();
        foreach (var version in JsonText.ParseMap(json.Span).Maps("spec", "versions"))
        {
            if (version.Map("schema", "openAPIV3Schema") is { } schema)
            {
                schemas[version.Text("name") ?? ""] = StructuralSchema.Compile(schema, new FieldErrors());
            }
        }

        return schemas;
    }
}
