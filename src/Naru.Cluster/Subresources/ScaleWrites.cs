using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>Writes through the <c>scale</c> subresource: a change of the object's wished number of replicas.</summary>
internal sealed class ScaleWrites(ObjectCaches caches, ObjectChanging changing, SchemaBook schemas)
{
    /// <summary>Replaces the scale.</summary>
    public Task<ApiObject> UpdateAsync(ApiCall call, ServedResource resource, string name, MapValue scale, CancellationToken cancellationToken) =>
        WriteAsync(call, resource, name, _ => scale, cancellationToken);

    /// <summary>Patches the scale.</summary>
    public Task<ApiObject> PatchAsync(ApiCall call, ServedResource resource, string name, PatchKind kind, Value patch, CancellationToken cancellationToken) =>
        WriteAsync(call, resource, name, view => Patched(view, kind == PatchKind.Apply ? PatchKind.Merge : kind, patch), cancellationToken);

    // What the patch does not name is no condition: somebody who wrote meanwhile is no reason to refuse it.
    private MapValue Patched(MapValue view, PatchKind kind, Value patch)
    {
        var scale = schemas.PatchScale(kind, view, patch);
        if (!ObjectPatching.NamesRevision(kind, patch))
        {
            scale.MakeMap("metadata").Remove("resourceVersion");
        }

        return scale;
    }

    private async Task<ApiObject> WriteAsync(ApiCall call, ServedResource resource, string name, Func<MapValue, MapValue> make, CancellationToken cancellationToken)
    {
        var answer = await changing.ChangeAsync(call with { Subresource = "scale" }, name, old => Changed(resource, name, old!, make), mayCreate: false, isApply: false, cancellationToken);
        var revision = answer.Stored?.Revision ?? caches.Of(resource.Storage).Get(call.Namespace, name)?.Revision ?? 0;
        return new ApiObject(null, Scales.View(resource, answer.Tree, revision));
    }

    private static MapValue Changed(ServedResource resource, string name, MapValue body, Func<MapValue, MapValue> make)
    {
        var revision = body.Text("metadata", "resourceVersion") ?? "";
        var scale = make(Scales.View(resource, body, revision.Length == 0 ? 0 : long.Parse(revision, System.Globalization.CultureInfo.InvariantCulture)));
        if (scale.Text("metadata", "name") is { Length: > 0 } given && given != name)
        {
            throw NaruException.Invalid($"the name of the object ({given}) does not match the name on the URL ({name})");
        }

        Scales.Set(resource, body, scale);
        var wanted = scale.Text("metadata", "resourceVersion") ?? "";
        body.MakeMap("metadata")["resourceVersion"] = wanted.Length > 0 ? new TextValue(wanted) : null;
        return body;
    }
}
