using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Deleting;
using Naru.Cluster.Forms;
using Naru.Cluster.Reading;
using Naru.Cluster.Subresources;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Serving;

/// <summary>The object core as requests see it: leads each call to the part that does it.</summary>
internal sealed class ObjectApi(
    ServedResources served,
    ObjectCaches caches,
    Freshness freshness,
    ObjectForms forms,
    ObjectLists lists,
    ObjectWatches watches,
    BodyReader reader,
    ObjectCreation creation,
    ObjectChanging changing,
    ObjectPatching patching,
    ObjectDeletion deletion,
    ScaleWrites scales,
    IEnumerable<ICreateAct> acts) : IObjectApi
{
    private const int ParallelDeletions = 16;

    public async ValueTask<ApiObject> GetAsync(ApiCall call, string name, ReadOptions options, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        if (resource.Storage is { Group: "", Resource: "componentstatuses" })
        {
            return ComponentStatuses.Get(name) ?? throw ApiFailures.NotFound(resource, name);
        }

        await freshness.WaitAsync(options.ResourceVersion, cancellationToken);
        var item = caches.Of(resource.Storage).Get(call.Namespace, name) ?? throw ApiFailures.NotFound(resource, name);
        return call.Subresource == "scale" ? new ApiObject(null, Scales.View(resource, await forms.ToAskedAsync(item.Tree, resource, cancellationToken), item.Revision)) : await forms.AnswerAsync(item, resource, cancellationToken);
    }

    public ValueTask<ApiList> ListAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken) =>
        call.Resource.Resource is { Group: "", Resource: "componentstatuses" } ? new(ComponentStatuses.List()) : lists.ListAsync(call, options, cancellationToken);

    public IAsyncEnumerable<ApiChange> WatchAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken) => watches.WatchAsync(call, options, cancellationToken);

    public async Task<ApiObject> CreateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        if (resource.Custom is { Terminating: true } && call.Subresource.Length == 0)
        {
            throw new NaruException(ErrorKind.NotImplemented, "create not allowed while custom resource definition is terminating");
        }

        var act = acts.FirstOrDefault(one => one.Handles(resource, call.Subresource));
        if (act is not null)
        {
            return await act.ActAsync(call, resource, name, body, cancellationToken);
        }

        if (call.Subresource.Length > 0)
        {
            throw ApiFailures.NoSubresource(resource, call.Subresource);
        }

        reader.Read(call, resource, name, body);
        return await creation.CreateAsync(call, body, cancellationToken);
    }

    public Task<ApiObject> UpdateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        if (call.Subresource == "scale")
        {
            return scales.UpdateAsync(call, resource, name, body, cancellationToken);
        }

        reader.Read(call, resource, name, body);
        return changing.ChangeAsync(call, name, _ => body.CloneMap(), call.Subresource.Length == 0 && resource.Rules.CreatesOnUpdate, isApply: false, cancellationToken);
    }

    public Task<ApiObject> PatchAsync(ApiCall call, string name, PatchKind kind, Value patch, CancellationToken cancellationToken) =>
        call.Subresource == "scale"
            ? scales.PatchAsync(call, served.Of(call.Resource), name, kind, patch, cancellationToken)
            : patching.PatchAsync(call, name, kind, patch, cancellationToken);

    public Task<ApiDeletion> DeleteAsync(ApiCall call, string name, DeleteOptions options, CancellationToken cancellationToken) =>
        deletion.DeleteAsync(call, name, options, cancellationToken);

    public async Task<ApiList> DeleteCollectionAsync(ApiCall call, ListOptions list, DeleteOptions options, CancellationToken cancellationToken)
    {
        var found = await lists.ListAsync(call, list, cancellationToken);
        await Parallel.ForEachAsync(found.Items, new ParallelOptions { MaxDegreeOfParallelism = ParallelDeletions, CancellationToken = cancellationToken }, async (item, token) =>
        {
            var metadata = item.Tree.Map("metadata")!;
            try
            {
                await deletion.DeleteAsync(call with { Namespace = metadata.Text("namespace") ?? "" }, metadata.Text("name")!, options, token);
            }
            catch (NaruException exception) when (exception.Kind == ErrorKind.NotFound)
            {
                // Somebody else was quicker.
            }
        });
        return found;
    }
}
