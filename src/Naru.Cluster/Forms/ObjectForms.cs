using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.Forms;

/// <summary>Brings objects from the version in which they are stored to the one asked for, and back.</summary>
internal sealed class ObjectForms(IKinds kinds, CustomConversion conversion)
{
    /// <summary>The object at the version asked for; the same tree if that is the stored one.</summary>
    public ValueTask<MapValue> ToAskedAsync(MapValue stored, ServedResource resource, CancellationToken cancellationToken) => resource.Custom?.Schema is { HasDefaults: true } schema
        ? ToCompleteAsync(stored, resource, schema, cancellationToken)
        : ConvertAsync(stored, resource, resource.Info.GroupVersionKind, cancellationToken);

    /// <summary>The object at the version that is stored; the same tree if it is there already.</summary>
    public ValueTask<MapValue> ToStoredAsync(MapValue body, ServedResource resource, CancellationToken cancellationToken) =>
        ConvertAsync(body, resource, resource.StorageKind, cancellationToken);

    /// <summary>A stored object as an answer at the version asked for.</summary>
    public ValueTask<ApiObject> AnswerAsync(CachedObject item, ServedResource resource, CancellationToken cancellationToken, bool created = false) =>
        resource.IsStorageForm && (resource.Custom is null || (IsAt(item.Tree, resource.StorageKind) && IsComplete(item, resource.Custom.Schema))) ? new(new ApiObject(item, null, created)) : AnswerConvertedAsync(item, resource, created, cancellationToken);

    /// <summary>Stored objects as answers, in their order. A webhook that converts them is asked about many at a time.</summary>
    public async ValueTask<IReadOnlyList<ApiObject>> AnswerAsync(IReadOnlyList<CachedObject> items, ServedResource resource, CancellationToken cancellationToken)
    {
        var asked = resource.Custom is { AsksWebhook: true } ? await conversion.ConvertAsync(resource, items.Select(static item => item.Tree), resource.Info.GroupVersionKind, cancellationToken) : null;
        var answers = new ApiObject[items.Count];
        for (var place = 0; place < answers.Length; place++)
        {
            answers[place] = asked is null ? await AnswerAsync(items[place], resource, cancellationToken) : new ApiObject(null, Complete(asked[place], resource.Custom!.Schema));
        }

        return answers;
    }

    private async ValueTask<ApiObject> AnswerConvertedAsync(CachedObject item, ServedResource resource, bool created, CancellationToken cancellationToken) =>
        new(null, await ToAskedAsync(item.Tree, resource, cancellationToken), created);

    // Definitions may get defaults after objects were stored: these are filled in as they are read.
    private async ValueTask<MapValue> ToCompleteAsync(MapValue stored, ServedResource resource, StructuralSchema schema, CancellationToken cancellationToken) =>
        Complete(await ConvertAsync(stored, resource, resource.Info.GroupVersionKind, cancellationToken), schema);

    private static MapValue Complete(MapValue tree, StructuralSchema? schema)
    {
        if (schema is not { HasDefaults: true })
        {
            return tree;
        }

        var complete = tree.CloneMap();
        schema.SetDefaults(complete);
        return complete.DeepEquals(tree) ? tree : complete;
    }

    private static bool IsComplete(CachedObject item, StructuralSchema? schema)
    {
        if (schema is not { HasDefaults: true } || ReferenceEquals(item.CompleteBy, schema))
        {
            return true;
        }

        var complete = item.Tree.CloneMap();
        schema.SetDefaults(complete);
        if (!complete.DeepEquals(item.Tree))
        {
            return false;
        }

        item.CompleteBy = schema;
        return true;
    }

    private static bool IsAt(MapValue tree, GroupVersionKind kind) => tree.Text("apiVersion") == kind.ApiVersion;

    private ValueTask<MapValue> ConvertAsync(MapValue tree, ServedResource resource, GroupVersionKind to, CancellationToken cancellationToken)
    {
        if (IsAt(tree, to))
        {
            return new(tree);
        }

        return resource.Custom is null ? new(kinds.Convert(tree.CloneMap(), to)) : conversion.ConvertAsync(resource, tree, to, cancellationToken);
    }
}
