using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Patches an object or a subresource of it: makes the wished tree from the one that stands, in one of four ways.</summary>
internal sealed class ObjectPatching(ServedResources served, ObjectChanging changing, BodyReader reader, FieldTracking tracking, SchemaBook schemas)
{
    public Task<ApiObject> PatchAsync(ApiCall call, string name, PatchKind kind, Value patch, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        return kind == PatchKind.Apply
            ? ApplyAsync(call, resource, name, patch, cancellationToken)
            : changing.ChangeAsync(call, name, old => Patched(call, resource, name, kind, old!, patch), mayCreate: false, isApply: false, cancellationToken);
    }

    private Task<ApiObject> ApplyAsync(ApiCall call, ServedResource resource, string name, Value patch, CancellationToken cancellationToken)
    {
        if (patch is not MapValue config)
        {
            throw NaruException.Invalid("an apply patch must be an object");
        }

        if (call.FieldManager.Length == 0)
        {
            throw NaruException.Invalid("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }

        if (config.Map("metadata")?.List("managedFields") is not null)
        {
            throw NaruException.Invalid("metadata.managedFields must be nil");
        }

        config = config.CloneMap();
        if (config.Text("kind") is not { Length: > 0 } || config.Text("apiVersion") is not { Length: > 0 })
        {
            throw NaruException.Invalid("Object 'Kind' or 'apiVersion' is missing in an apply patch");
        }

        reader.Read(call, resource, name, config, isApply: true);
        return changing.ChangeAsync(call, name, live => Unbound(tracking.Apply(call, resource, live, config), config.At("metadata", "resourceVersion") is not null), mayCreate: call.Subresource.Length == 0, isApply: true, cancellationToken);
    }

    private MapValue Patched(ApiCall call, ServedResource resource, string name, PatchKind kind, MapValue old, Value patch)
    {
        var patched = schemas.Patch(resource, kind, old, patch);
        // Doubled fields belong to the patch, of which the reader of the request spoke already.
        reader.Read(call, resource, name, patched);
        return Unbound(patched, NamesRevision(kind, patch));
    }

    // What stood was read here, not by the client: unless its patch names a revision, it is laid anew on what others wrote meanwhile.
    private static MapValue Unbound(MapValue body, bool bound)
    {
        if (!bound)
        {
            body.MakeMap("metadata").Remove("resourceVersion");
        }

        return body;
    }

    /// <summary>The patch sets a resourceVersion: it is meant for the object as it was then, and for no later one.</summary>
    public static bool NamesRevision(PatchKind kind, Value patch) => kind == PatchKind.Json
        ? patch is ListValue steps && steps.Maps().Any(static step => step.Text("op") != "test" && step.Text("path") == "/metadata/resourceVersion")
        : patch is MapValue map && map.Map("metadata") is { } metadata && metadata.Has("resourceVersion");
}
