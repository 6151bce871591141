using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Reading;
using Naru.Cluster.Subresources;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Serving;

/// <summary>The object core as parts of this process see it.</summary>
internal sealed class ObjectsPort(ServedResources served, ObjectCaches caches, ObjectApi api, ObjectWatches watches, ObjectChanging changing, PodBindings bindings) : IObjects
{
    public StoredObject? Get(GroupResource resource, string @namespace, string name) => caches.Of(resource).Get(@namespace, name);

    public IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null) => caches.Of(resource).Snapshot().In(@namespace);

    public IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, CancellationToken cancellationToken) => watches.WatchAsync(resource, cancellationToken);

    public IReadOnlyList<StoredObject> DependentsOf(string uid) => caches.Owners.DependentsOf(uid);

    public async Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken)
    {
        var call = CallOf(resource, body.Text("metadata", "namespace") ?? "", options);
        var answer = await api.CreateAsync(call, options.Subresource.Length > 0 ? body.Text("metadata", "name") ?? "" : "", body.CloneMap(), cancellationToken);
        return Stored(resource, call.Namespace, answer);
    }

    public async Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken)
    {
        var call = CallOf(resource, body.Text("metadata", "namespace") ?? "", options);
        return Stored(resource, call.Namespace, await api.UpdateAsync(call, body.Text("metadata", "name") ?? "", body.CloneMap(), cancellationToken));
    }

    public async Task<StoredObject> ChangeAsync(GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken)
    {
        var call = CallOf(resource, @namespace, options);
        return Stored(resource, @namespace, await changing.ChangeAsync(call, name, old => Changed(old!, change), mayCreate: false, isApply: false, cancellationToken));
    }

    public async Task<StoredObject> PatchAsync(GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken)
    {
        var call = CallOf(resource, @namespace, options);
        return Stored(resource, @namespace, await api.PatchAsync(call, name, kind, patch, cancellationToken));
    }

    public async Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        var call = CallOf(resource, @namespace, new WriteOptions { User = options.User, DryRun = options.DryRun });
        var deletion = await api.DeleteAsync(call, name, options, cancellationToken);
        return deletion.Gone ? null : Stored(resource, @namespace, deletion.Object);
    }

    public Task<IReadOnlyList<NaruException?>> BindAsync(IReadOnlyList<PodBinding> wanted, CancellationToken cancellationToken) => bindings.BindAllAsync(wanted, cancellationToken);

    private static MapValue Changed(MapValue old, Func<MapValue, bool> change)
    {
        // Read under the caller's eyes: what somebody else wrote meanwhile makes the change be asked for anew.
        old.MakeMap("metadata").Remove("resourceVersion");
        _ = change(old);
        return old;
    }

    private ApiCall CallOf(GroupResource resource, string @namespace, WriteOptions options) => new()
    {
        Resource = served.Of(resource).Info,
        Subresource = options.Subresource,
        Namespace = @namespace,
        User = options.User ?? UserInfo.System,
        DryRun = options.DryRun,
        FieldManager = options.FieldManager,
        Force = options.Force,
        FieldValidation = FieldValidation.Ignore,
    };

    // Acts and dry runs have no stored object of their own: the one they were about is told.
    private StoredObject Stored(GroupResource resource, string @namespace, ApiObject answer) =>
        answer.Stored ?? (StoredObject?)caches.Of(resource).Get(@namespace, answer.Tree.Text("metadata", "name") ?? "") ?? new UnstoredObject(resource, answer.Tree);
}
