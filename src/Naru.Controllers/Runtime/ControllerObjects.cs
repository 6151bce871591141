using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>The objects as controllers read and write them: every write is told to the informers at once, and a read gives the newest state that this process knows. So a
/// controller that made a pod finds it when it looks again, however far the watch lags.</summary>
public sealed class ControllerObjects(IObjects inner, Informers informers) : IObjects
{
    /// <inheritdoc/>
    public StoredObject? Get(GroupResource resource, string @namespace, string name)
    {
        var stored = inner.Get(resource, @namespace, name);
        var known = informers.Find(resource)?.Get(new(@namespace, name));
        return known is not null && stored is not null && known.Revision > stored.Revision ? known : stored;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null) => inner.List(resource, @namespace);

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, CancellationToken cancellationToken) => inner.WatchAsync(resource, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<StoredObject> DependentsOf(string uid) => inner.DependentsOf(uid);

    /// <inheritdoc/>
    public async Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken) =>
        Seen(await inner.CreateAsync(resource, body, options, cancellationToken), options);

    /// <inheritdoc/>
    public async Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken) =>
        Seen(await inner.UpdateAsync(resource, body, options, cancellationToken), options);

    /// <inheritdoc/>
    public async Task<StoredObject> ChangeAsync(
        GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken) =>
        Seen(await inner.ChangeAsync(resource, @namespace, name, change, options, cancellationToken), options);

    /// <inheritdoc/>
    public async Task<StoredObject> PatchAsync(
        GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken) =>
        Seen(await inner.PatchAsync(resource, @namespace, name, kind, patch, options, cancellationToken), options);

    /// <inheritdoc/>
    public async Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        var informer = informers.Find(resource);
        var before = informer?.Get(new(@namespace, name));
        var after = await inner.DeleteAsync(resource, @namespace, name, options, cancellationToken);
        if (options.DryRun || informer is null)
        {
            return after;
        }

        if (after is not null)
        {
            informer.Observe(after);
        }
        else if (before is not null && (options.Uid is null || options.Uid == before.Uid))
        {
            informer.ObserveGone(new(@namespace, name), before.Uid);
        }

        return after;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NaruException?>> BindAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken) => inner.BindAsync(bindings, cancellationToken);

    private StoredObject Seen(StoredObject stored, WriteOptions options)
    {
        // An update that takes the last finalizer off a deleted object ends it: what the core returns then is its last state, and the watch tells the end.
        if (!options.DryRun && options.Subresource is "" or "status" && !stored.IsEnding)
        {
            informers.Find(stored.Resource)?.Observe(stored);
        }

        return stored;
    }
}
