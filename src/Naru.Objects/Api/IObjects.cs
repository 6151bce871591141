using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Api;

/// <summary>The cluster's objects for parts inside this process: controllers, scheduler, agent, admission. Reads are from memory and may lag behind the store by
/// moments; writes pass the same pipeline as requests from outside (defaulting, admission, validation), without authorisation.</summary>
public interface IObjects
{
    /// <summary>The object, or null.</summary>
    StoredObject? Get(GroupResource resource, string @namespace, string name);

    /// <summary>All objects of a resource, in a namespace or (null) in all, in order of namespace and name. A snapshot.</summary>
    IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null);

    /// <summary>The snapshot as Added, a bookmark with <see cref="ObjectChange.IsSnapshotEnd"/>, then each change once, in order of revision, without end. A
    /// reader that is too slow gets <see cref="Naru.Core.Errors.ErrorKind.Expired"/> and starts anew. A resource that is not served (yet) waits until it is.</summary>
    IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, CancellationToken cancellationToken);

    /// <summary>The objects of all resources that name an owner of this identity, in no order. A snapshot.</summary>
    IReadOnlyList<StoredObject> DependentsOf(string uid) => [];

    /// <summary>Makes an object (metadata.name or generateName set). AlreadyExists, InvalidArgument, PermissionDenied (admission) as from outside.</summary>
    Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Replaces an object, or with <see cref="WriteOptions.Subresource"/> a part of it (<c>status</c>). Conflict if metadata.resourceVersion is set and stale. A
    /// write that changes nothing takes no revision and returns what stands.</summary>
    Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Reads, changes and writes until it fits: <paramref name="change"/> gets a copy of the newest tree and says whether there is anything to write.
    /// Called again when somebody else wrote meanwhile. NotFound if the object does not exist.</summary>
    Task<StoredObject> ChangeAsync(GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Patches an object.</summary>
    Task<StoredObject> PatchAsync(GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes an object, or marks it for deletion where finalizers or grace hold it. Returns what stands afterwards, null if it is gone. NotFound if there is none.</summary>
    Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken);

    /// <summary>Binds many pods in one go: sets spec.nodeName and the PodScheduled condition, as the binding subresource does. One answer for each binding, in
    /// order: null if bound, else why not (NotFound, Conflict if bound elsewhere, changed identity or being deleted). Binds of one call share a flush.</summary>
    Task<IReadOnlyList<Naru.Core.Errors.NaruException?>> BindAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken);
}

/// <summary>A pod's place.</summary>
public sealed record PodBinding(string Namespace, string Name, string Uid, string Node);

/// <summary>How a write is to be made.</summary>
public sealed record WriteOptions
{
    /// <summary>Part of the object that is written: <c>status</c>, <c>scale</c>…; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Who is written down as the manager of the fields (<c>deployment-controller</c>).</summary>
    public string FieldManager { get; init; } = "naru";

    /// <summary>As whom; null for the system itself (<c>system:masters</c>).</summary>
    public Access.UserInfo? User { get; init; }

    /// <summary>Everything but the write.</summary>
    public bool DryRun { get; init; }

    /// <summary>For server-side apply: take fields over from other managers.</summary>
    public bool Force { get; init; }
}

/// <summary>The four ways to patch.</summary>
public enum PatchKind
{
    /// <summary>RFC 6902; the patch is a list.</summary>
    Json,

    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' strategic merge patch.</summary>
    Strategic,

    /// <summary>Server-side apply.</summary>
    Apply,
}

/// <summary>What becomes of the objects that a deleted object owns.</summary>
public enum DeletePropagation
{
    /// <summary>They are deleted afterwards, by the garbage collector.</summary>
    Background,

    /// <summary>They are deleted first.</summary>
    Foreground,

    /// <summary>They lose their owner and stay.</summary>
    Orphan,
}

/// <summary>How to delete.</summary>
public sealed record DeleteOptions
{
    /// <summary>Time for a graceful end; null for the object's own; 0 at once.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Null for the kind's default.</summary>
    public DeletePropagation? Propagation { get; init; }

    /// <summary>Only the object with this identity: Conflict otherwise.</summary>
    public string? Uid { get; init; }

    /// <summary>Only at this revision: Conflict otherwise.</summary>
    public long? Revision { get; init; }

    /// <summary>Everything but the deletion.</summary>
    public bool DryRun { get; init; }

    /// <summary>As whom; null for the system itself.</summary>
    public Access.UserInfo? User { get; init; }
}
