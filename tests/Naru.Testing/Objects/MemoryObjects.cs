using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Testing.Objects;

/// <summary>
/// <see cref="IObjects"/> in memory for tests of whoever reads and writes objects: revisions, identities, generateName, optimistic locking, the status and scale
/// subresources, generations, finalizers, watches. No defaulting, no validation, no admission, no garbage collection of dependents.
/// </summary>
public sealed class MemoryObjects(TimeProvider? time = null) : IObjects
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GroupResource, SortedDictionary<(string, string), MemoryObject>> _tables = [];
    private readonly Dictionary<GroupResource, long> _changed = [];
    private readonly List<Watcher> _watchers = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _revision;
    private int _identities;

    /// <summary>Asked before every write (verb, resource, tree or null, options): a failure that it returns is thrown instead of writing.</summary>
    public Func<string, GroupResource, MapValue?, WriteOptions, NaruException?>? Refuse { get; set; }

    /// <summary>Deleting a pod that is on a node only marks it until it is deleted with no grace, as with a real kubelet.</summary>
    public bool GracefulPods { get; set; }

    /// <summary>Writes so far as <c>create pods</c>, <c>update deployments.apps status</c>, <c>delete pods</c>.</summary>
    public List<string> Writes { get; } = [];

    public long Revision
    {
        get
        {
            lock (_lock)
            {
                return _revision;
            }
        }
    }

    /// <summary>Revision of the newest change in a resource; 0 if there was none.</summary>
    public long RevisionOf(GroupResource resource)
    {
        lock (_lock)
        {
            return _changed.GetValueOrDefault(resource);
        }
    }

    public int CountWrites(string what)
    {
        lock (_lock)
        {
            return Writes.Count(write => write == what);
        }
    }

    public StoredObject? Get(GroupResource resource, string @namespace, string name)
    {
        lock (_lock)
        {
            return Table(resource).GetValueOrDefault((@namespace, name));
        }
    }

    public IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null)
    {
        lock (_lock)
        {
            return [.. Table(resource).Values.Where(one => @namespace is null || one.Namespace == @namespace)];
        }
    }

    public IReadOnlyList<StoredObject> DependentsOf(string uid)
    {
        lock (_lock)
        {
            return [.. _tables.Values.SelectMany(static table => table.Values).Where(one => one.Tree.Maps("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid))];
        }
    }

    public async IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ObjectChange>();
        lock (_lock)
        {
            foreach (var one in Table(resource).Values)
            {
                channel.Writer.TryWrite(new(ChangeKind.Added, one, null, one.Revision));
            }

            channel.Writer.TryWrite(new(ChangeKind.Bookmark, null, null, _revision, IsSnapshotEnd: true));
            _watchers.Add(new(resource, channel.Writer));
        }

        await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    /// <summary>Cuts all watches, or all of one resource, off as too slow.</summary>
    public void ExpireWatches(GroupResource? resource = null)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers.Where(one => resource is null || one.Resource == resource))
            {
                watcher.Changes.TryComplete(new NaruException(ErrorKind.Expired, "the watch was too slow"));
            }

            _watchers.RemoveAll(one => resource is null || one.Resource == resource);
        }
    }

    public Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Check("create", resource, body, options);
            var tree = body.CloneMap();
            var metadata = tree.MakeMap("metadata");
            if (metadata.Text("name") is null)
            {
                metadata["name"] = (metadata.Text("generateName") ?? throw NaruException.Invalid("resource name may not be empty")) + Suffix(++_identities);
            }

            var key = (metadata.Text("namespace") ?? "", metadata.Text("name")!);
            if (Table(resource).ContainsKey(key))
            {
                throw new NaruException(ErrorKind.AlreadyExists, $"{resource} \"{key.Item2}\" already exists");
            }

            metadata["uid"] = $"00000000-0000-4000-8000-{++_identities:x12}";
            metadata["creationTimestamp"] = Now();
            if (tree.Has("spec"))
            {
                metadata["generation"] = 1;
            }

            return Task.FromResult<StoredObject>(options.DryRun ? new MemoryObject(resource, tree, 0) : Put(resource, key, tree, null));
        }
    }

    public Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var key = (body.Text("metadata", "namespace") ?? "", body.Text("metadata", "name") ?? "");
            var old = Existing(resource, key);
            if (body.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != Text(old.Revision))
            {
                throw NaruException.Conflict($"Operation cannot be fulfilled on {resource} \"{key.Item2}\": the object has been modified; please apply your changes to the latest version and try again");
            }

            Check("update", resource, body, options);
            return Task.FromResult(Write(resource, key, Merge(old.Tree, body, options.Subresource), old));
        }
    }

    public Task<StoredObject> ChangeAsync(GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var old = Existing(resource, (@namespace, name));
            var tree = old.Tree.CloneMap();
            if (!change(tree))
            {
                return Task.FromResult<StoredObject>(old);
            }

            Check("update", resource, tree, options);
            return Task.FromResult(Write(resource, (@namespace, name), Merge(old.Tree, tree, options.Subresource), old));
        }
    }

    /// <summary>Merge patches, and whatever else comes as a map is merged the same way: good enough for patches without lists.</summary>
    public Task<StoredObject> PatchAsync(GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var old = Existing(resource, (@namespace, name));
            Check("patch", resource, patch as MapValue, options);
            var tree = old.Tree.CloneMap();
            MergeInto(tree, (MapValue)patch);
            return Task.FromResult(Write(resource, (@namespace, name), Merge(old.Tree, tree, options.Subresource), old));
        }
    }

    public Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var old = Existing(resource, (@namespace, name));
            if ((options.Uid is { } uid && uid != old.Uid) || (options.Revision is { } revision && revision != old.Revision))
            {
                throw NaruException.Conflict($"Precondition failed: {resource} \"{name}\" is another one by now");
            }

            Check("delete", resource, old.Tree, new WriteOptions());
            var tree = old.Tree.CloneMap();
            if (options.Propagation is DeletePropagation.Foreground or DeletePropagation.Orphan)
            {
                var finalizer = options.Propagation == DeletePropagation.Foreground ? "foregroundDeletion" : "orphan";
                tree.MakeMap("metadata").MakeList("finalizers").Add(finalizer);
            }

            var lingers = GracefulPods && resource.Resource == "pods" && options.GracePeriodSeconds != 0 && tree.Text("spec", "nodeName") is { Length: > 0 };
            if (!lingers && tree.List("metadata", "finalizers") is null or { Count: 0 })
            {
                return Task.FromResult(Remove(resource, (@namespace, name), old));
            }

            if (old.IsEnding && tree.DeepEquals(old.Tree))
            {
                return Task.FromResult<StoredObject?>(old);
            }

            tree.MakeMap("metadata").Default("deletionTimestamp", Now());
            return Task.FromResult<StoredObject?>(Put(resource, (@namespace, name), tree, old));
        }
    }

    public async Task<IReadOnlyList<NaruException?>> BindAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken)
    {
        var answers = new List<NaruException?>();
        foreach (var binding in bindings)
        {
            try
            {
                await ChangeAsync(new("", "pods"), binding.Namespace, binding.Name, pod => Bind(pod, binding.Node), new WriteOptions(), cancellationToken);
                answers.Add(null);
            }
            catch (NaruException failure)
            {
                answers.Add(failure);
            }
        }

        return answers;
    }

    private static bool Bind(MapValue pod, string node)
    {
        pod.MakeMap("spec")["nodeName"] = node;
        return true;
    }

    private static MapValue Merge(MapValue old, MapValue body, string subresource)
    {
        var tree = (subresource is "status" or "scale" or "approval" ? old : body).CloneMap();
        if (subresource == "scale")
        {
            tree.MakeMap("spec")["replicas"] = body.At("spec", "replicas");
            return tree;
        }

        tree["status"] = (subresource is "status" or "approval" ? body : old)["status"]?.Clone();
        return tree;
    }

    private static void MergeInto(MapValue target, MapValue patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is NullValue)
            {
                target.Remove(name);
            }
            else if (value is MapValue branch)
            {
                MergeInto(target.MakeMap(name), branch);
            }
            else
            {
                target[name] = value.Clone();
            }
        }
    }

    private static string Suffix(int number) => (number * 7919 % 0x100000).ToString("x5", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private string Now() => _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void Check(string verb, GroupResource resource, MapValue? body, WriteOptions options)
    {
        if (Refuse?.Invoke(verb, resource, body, options) is { } failure)
        {
            throw failure;
        }

        Writes.Add($"{verb} {resource}{(options.Subresource.Length == 0 ? "" : " " + options.Subresource)}");
    }

    private SortedDictionary<(string, string), MemoryObject> Table(GroupResource resource) =>
        _tables.TryGetValue(resource, out var table) ? table : _tables[resource] = new(KeyOrder.Instance);

    private MemoryObject Existing(GroupResource resource, (string, string Name) key) =>
        Table(resource).GetValueOrDefault(key) ?? throw NaruException.NotFound($"{resource} \"{key.Name}\" not found");

    private StoredObject Write(GroupResource resource, (string, string) key, MapValue tree, MemoryObject old)
    {
        var metadata = tree.MakeMap("metadata");
        foreach (var kept in (string[])["uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp"])
        {
            metadata[kept] = old.Tree.At("metadata", kept);
        }

        if (tree.DeepEquals(old.Tree))
        {
            return old;
        }

        if (tree["spec"] is { } spec && !spec.DeepEquals(old.Tree["spec"]))
        {
            metadata["generation"] = (old.Tree.Integer("metadata", "generation") ?? 0) + 1;
        }

        var ends = metadata.Has("deletionTimestamp") && old.Tree.List("metadata", "finalizers") is { Count: > 0 } && metadata.List("finalizers") is null or { Count: 0 }
            && !(GracefulPods && resource.Resource == "pods");
        var stored = Put(resource, key, tree, old);
        if (ends)
        {
            Remove(resource, key, stored);
        }

        return stored;
    }

    private MemoryObject Put(GroupResource resource, (string, string) key, MapValue tree, MemoryObject? old)
    {
        tree.MakeMap("metadata")["resourceVersion"] = Text(++_revision);
        var stored = new MemoryObject(resource, tree, _revision);
        Table(resource)[key] = stored;
        Tell(resource, new(old is null ? ChangeKind.Added : ChangeKind.Modified, stored, old, _revision));
        return stored;
    }

    private StoredObject? Remove(GroupResource resource, (string, string) key, MemoryObject old)
    {
        Table(resource).Remove(key);
        var tree = old.Tree.CloneMap();
        tree.MakeMap("metadata")["resourceVersion"] = Text(++_revision);
        Tell(resource, new(ChangeKind.Deleted, new MemoryObject(resource, tree, _revision), old, _revision));
        return null;
    }

    private void Tell(GroupResource resource, ObjectChange change)
    {
        _changed[resource] = change.Revision;
        foreach (var watcher in _watchers)
        {
            if (watcher.Resource == resource)
            {
                watcher.Changes.TryWrite(change);
            }
        }
    }

    private sealed record Watcher(GroupResource Resource, ChannelWriter<ObjectChange> Changes);

    private sealed class KeyOrder : IComparer<(string, string)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string, string) x, (string, string) y)
        {
            var first = string.CompareOrdinal(x.Item1, y.Item1);
            return first != 0 ? first : string.CompareOrdinal(x.Item2, y.Item2);
        }
    }
}
