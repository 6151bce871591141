using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Schemas of custom resources, as their definitions write them down.</summary>
internal sealed class CustomDefinitions(IResourceCatalogue catalogue, IObjects objects) : IOpenApiDefinitions
{
    private const string KindWords = "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
    private const string VersionWords = "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");

    public string? NameOf(GroupVersionKind kind) => Resource(kind) is null ? null : Name(kind);

    public MapValue? Find(string name, OpenApiForm form)
    {
        foreach (var resource in catalogue.All.Where(static one => one.IsCustom))
        {
            var kind = resource.GroupVersionKind;
            if (name == Name(kind))
            {
                return WriteObject(resource, form);
            }

            if (name == Name(kind with { Kind = resource.ListKind }))
            {
                return WriteList(resource, form);
            }
        }

        return null;
    }

    /// <summary>The version of a definition that a custom resource comes from; null if it is gone.</summary>
    public (StoredObject Definition, MapValue Version)? SourceOf(ResourceInfo resource)
    {
        var definition = objects.Get(Definitions, "", resource.Resource.GroupResource.ToString());
        var version = definition?.Tree.Maps("spec", "versions").FirstOrDefault(one => one.Text("name") == resource.Resource.Version);
        return version is null ? null : (definition!, version);
    }

    private static string Name(GroupVersionKind kind) =>
        $"{string.Join('.', kind.Group.Split('.').Reverse())}.{kind.Version}.{kind.Kind}";

    private ResourceInfo? Resource(GroupVersionKind kind) =>
        catalogue.All.FirstOrDefault(one => one.IsCustom && (one.GroupVersionKind == kind || one.GroupVersionKind with { Kind = one.ListKind } == kind));

    private MapValue WriteObject(ResourceInfo resource, OpenApiForm form)
    {
        var source = SourceOf(resource);
        var schema = source?.Version.Map("schema", "openAPIV3Schema")?.CloneMap() ?? new MapValue();
        var loose = source?.Definition.Tree.Boolean("spec", "preserveUnknownFields") == true;
        var kinds = new ListValue([OpenApiRefs.KindOf(resource.GroupVersionKind)]);
        if (form == OpenApiForm.V2)
        {
            if (loose || schema.Names.FirstOrDefault() is null || schema.Boolean("x-kubernetes-preserve-unknown-fields") == true)
            {
                // Clients that check by it take every field that is not named for forbidden.
                return new MapValue { ["type"] = "object", ["x-kubernetes-group-version-kind"] = kinds };
            }

            SchemaDowngrade.ToV2(schema);
        }

        schema["type"] = "object";
        var properties = schema.MakeMap("properties");
        properties["apiVersion"] = Text(VersionWords);
        properties["kind"] = Text(KindWords);
        properties["metadata"] = OpenApiRefs.To(OpenApiRefs.ObjectMeta, form, "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata");
        schema["x-kubernetes-group-version-kind"] = kinds;
        return schema;
    }

    private static MapValue WriteList(ResourceInfo resource, OpenApiForm form) =>
        ListDefinition.Write(resource.GroupVersionKind with { Kind = resource.ListKind }, Name(resource.GroupVersionKind), $"{resource.ListKind} is a list of {resource.Kind}", form);

    private static MapValue Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
