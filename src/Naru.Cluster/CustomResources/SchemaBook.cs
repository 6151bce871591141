#pragma warning disable CA1822
using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Apply;
using Naru.Objects.Kinds;
using Naru.Objects.Patches;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>What the schemas of all served resources, built-in and custom, know to do.</summary>
internal sealed class SchemaBook(IEnumerable<ISchemaRules> rules)
{
    private static readonly ISchema Metadata = BuiltInSchemas.FindDefinition("k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta")!;
    private readonly ISchemaRules? _rules = rules.FirstOrDefault();

    /// <summary>Takes out unknown fields and nulls; notes fields of the wrong type.</summary>
    public void Clean(ServedResource resource, MapValue body, List<string> unknown, FieldErrors errors)
    {
        if (resource.Custom is not null && body["metadata"] is MapValue metadata)
        {
            // The same for every kind, whatever its schema says.
            SchemaCleaner.Clean(metadata, Metadata, unknown, errors, "metadata");
        }

        if (resource.Custom is { Schema: { } custom, PreserveUnknown: false })
        {
            custom.Prune(body, unknown);
        }
        else if (resource.Custom is null && BuiltInSchemas.Find(resource.Info.GroupVersionKind) is { } schema)
        {
            SchemaCleaner.Clean(body, schema, unknown, errors);
        }
    }

    /// <summary>Fills in a custom resource's defaults.</summary>
    public void SetDefaults(ServedResource resource, MapValue body)
    {
        if (resource.Custom?.Schema is { } schema)
        {
            schema.SetDefaults(body);
        }
    }

    /// <summary>Broken rules of a custom resource.</summary>
    public void Validate(ServedResource resource, MapValue body, MapValue? old, FieldErrors errors)
    {
        if (resource.Custom?.Schema is { } schema)
        {
            schema.Validate(body, old, "", errors);
            if (schema.HasValidations && errors.IsEmpty)
            {
                _rules?.Validate(schema, body, old, errors);
            }
        }
    }

    /// <summary>Notes who manages what.</summary>
    public void Track(ServedResource resource, MapValue? old, MapValue body, string manager, string subresource, DateTimeOffset time) =>
        ManagedFields.Track(old, body, new ManagerRequest
        {
            Schema = SchemaOf(resource),
            Manager = manager,
            ApiVersion = resource.Info.Resource.ApiVersion,
            Time = time,
            Subresource = subresource,
            ResetFields = ResetBy(resource, subresource),
        });

    /// <summary>Server-side apply.</summary>
    public MapValue Apply(ServedResource resource, MapValue? live, MapValue config, string manager, string subresource, bool force, DateTimeOffset time) =>
        ServerSideApply.Apply(live, config, new ApplyRequest
        {
            Schema = SchemaOf(resource),
            Manager = manager,
            ApiVersion = resource.Info.Resource.ApiVersion,
            Time = time,
            Subresource = subresource,
            ResetFields = ResetBy(resource, subresource),
            Force = force,
        }).Object;

    /// <summary>The patched tree; <paramref name="old"/> is a copy that may be used up.</summary>
    public MapValue Patch(ServedResource resource, PatchKind kind, MapValue old, Value patch) =>
        Patched(kind, old, patch, resource.Custom is null ? BuiltInSchemas.Find(resource.Info.GroupVersionKind) : null);

    /// <summary>The patched scale of any object.</summary>
    public MapValue PatchScale(PatchKind kind, MapValue scale, Value patch) =>
        Patched(kind, scale, patch, BuiltInSchemas.Find(new GroupVersionKind("autoscaling", "v1", "Scale")));

    private static ISchema? SchemaOf(ServedResource resource) => resource.Custom is { } custom ? custom.Schema : BuiltInSchemas.Find(resource.Info.GroupVersionKind);

    // What a write through this door cannot change belongs to nobody who comes through it.
    private static string[] ResetBy(ServedResource resource, string subresource) => subresource switch
    {
        "" when resource.Info.Subresources.Any(static one => one.Name == "status") => ["status"],
        "status" => ["spec"],
        _ => [],
    };

    private static MapValue Patched(PatchKind kind, MapValue old, Value patch, ISchema? schema)
    {
        var result = kind switch
        {
            PatchKind.Json => JsonPatch.Apply(old, patch as ListValue ?? throw NaruException.Invalid("a JSON patch must be a list of operations")),
            PatchKind.Merge => MergePatch.Apply(old, patch),
            _ when schema is null => throw NaruException.Invalid("strategic merge patch is not supported for custom resources"),
            _ => StrategicMergePatch.Apply(old, patch as MapValue ?? throw NaruException.Invalid("a strategic merge patch must be an object"), schema),
        };
        return result as MapValue ?? throw NaruException.Invalid("the patched object is no object");
    }
}
