using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests.Fakes;

/// <summary>An object core in memory: no admission, no defaults, no conversion; names, revisions and watches as they are to be.</summary>
internal sealed class FakeCluster : IObjectApi, IObjects
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, FakeObject> _objects = new(StringComparer.Ordinal);
    private readonly List<Channel<(GroupResource Resource, ApiChange Change)>> _watchers = [];
    private long _revision = 100;

    /// <summary>Calls that came in.</summary>
    public ConcurrentQueue<ApiCall> Calls { get; } = [];

    /// <summary>Thrown by the next call.</summary>
    public Exception? Next { get; set; }

    /// <summary>Runs before each call of the object API.</summary>
    public Func<ApiCall, CancellationToken, Task>? Before { get; set; }

    /// <summary>Lists as queries saw them.</summary>
    public ConcurrentQueue<ListOptions> Lists { get; } = [];

    public FakeObject Put(string group, string resource, MapValue body)
    {
        lock (_lock)
        {
            body = body.CloneMap();
            var metadata = body.MakeMap("metadata");
            metadata.Default("uid", Guid.NewGuid().ToString());
            metadata["resourceVersion"] = (++_revision).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var made = new FakeObject(new GroupResource(group, resource), body, _revision);
            var key = KeyOf(made.Resource, made.Namespace, made.Name);
            var kind = _objects.ContainsKey(key) ? ChangeKind.Modified : ChangeKind.Added;
            _objects[key] = made;
            Tell(made.Resource, new ApiChange(kind, new ApiObject(made, null), _revision, false));
            return made;
        }
    }

    public void Bookmark(string group, string resource, bool isEnd = false)
    {
        lock (_lock)
        {
            Tell(new GroupResource(group, resource), new ApiChange(ChangeKind.Bookmark, null, _revision, isEnd));
        }
    }

    public void EndWatches(Exception? failure)
    {
        lock (_lock)
        {
            _watchers.ForEach(one => one.Writer.TryComplete(failure));
        }
    }

    public int Watchers
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    public async ValueTask<ApiObject> GetAsync(ApiCall call, string name, ReadOptions options, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        return new ApiObject(Need(call, name), null);
    }

    public async ValueTask<ApiList> ListAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        Lists.Enqueue(options);
        lock (_lock)
        {
            var found = Of(call.Resource.Resource.GroupResource, call.Namespace).Select(static one => new ApiObject(one, null)).ToList();
            var isCut = options.Limit > 0 && found.Count > options.Limit;
            return new ApiList(isCut ? found[..(int)options.Limit] : found, _revision, isCut ? "next" : "", isCut ? found.Count - options.Limit : null);
        }
    }

    public async IAsyncEnumerable<ApiChange> WatchAsync(ApiCall call, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        Lists.Enqueue(options);
        var channel = Channel.CreateUnbounded<(GroupResource Resource, ApiChange Change)>();
        lock (_lock)
        {
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var (resource, change) in channel.Reader.ReadAllAsync(cancellationToken))
            {
                if (resource == call.Resource.Resource.GroupResource)
                {
                    yield return change;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public async Task<ApiObject> CreateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        if (call.Subresource.Length > 0)
        {
            return new ApiObject(null, body);
        }

        body.MakeMap("metadata").Default("namespace", call.Namespace);
        return call.DryRun ? new ApiObject(null, body) : new ApiObject(Put(call.Resource.Resource.Group, call.Resource.Resource.Resource, body), null, Created: true);
    }

    public async Task<ApiObject> UpdateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        Need(call, name);
        return new ApiObject(Put(call.Resource.Resource.Group, call.Resource.Resource.Resource, body), null);
    }

    public async Task<ApiObject> PatchAsync(ApiCall call, string name, PatchKind kind, Value patch, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        LastPatch = (kind, patch);
        if (kind == PatchKind.Apply)
        {
            return new ApiObject(Put(call.Resource.Resource.Group, call.Resource.Resource.Resource, (MapValue)patch), null, Created: true);
        }

        return new ApiObject(Need(call, name), null);
    }

    public (PatchKind Kind, Value Patch)? LastPatch { get; private set; }

    public DeleteOptions? LastDelete { get; private set; }

    public bool DeletesLater { get; set; }

    public async Task<ApiDeletion> DeleteAsync(ApiCall call, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        await NoteAsync(call, cancellationToken);
        LastDelete = options;
        var found = Need(call, name);
        if (!DeletesLater)
        {
            lock (_lock)
            {
                _objects.Remove(KeyOf(found.Resource, found.Namespace, found.Name));
                Tell(found.Resource, new ApiChange(ChangeKind.Deleted, new ApiObject(found, null), ++_revision, false));
            }
        }

        return new ApiDeletion(new ApiObject(found, null), !DeletesLater);
    }

    public async Task<ApiList> DeleteCollectionAsync(ApiCall call, ListOptions list, DeleteOptions options, CancellationToken cancellationToken)
    {
        LastDelete = options;
        return await ListAsync(call, list, cancellationToken);
    }

    public StoredObject? Get(GroupResource resource, string @namespace, string name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(KeyOf(resource, @namespace, name));
        }
    }

    public IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null)
    {
        lock (_lock)
        {
            return [.. Of(resource, @namespace ?? "")];
        }
    }

    public async IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<(GroupResource Resource, ApiChange Change)>();
        IReadOnlyList<StoredObject> first;
        lock (_lock)
        {
            _watchers.Add(channel);
            first = List(resource);
        }

        foreach (var one in first)
        {
            yield return new ObjectChange(ChangeKind.Added, one, null, one.Revision);
        }

        yield return new ObjectChange(ChangeKind.Bookmark, null, null, _revision, IsSnapshotEnd: true);
        await foreach (var (of, change) in channel.Reader.ReadAllAsync(cancellationToken))
        {
            if (of == resource)
            {
                yield return new ObjectChange(change.Kind, change.Object?.Stored, null, change.Revision);
            }
        }
    }

    public Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken)
    {
        if (Get(resource, body.Text("metadata", "namespace") ?? "", body.Text("metadata", "name") ?? "") is not null)
        {
            throw new NaruException(ErrorKind.AlreadyExists, "exists");
        }

        return Task.FromResult<StoredObject>(Put(resource.Group, resource.Resource, body));
    }

    public Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<StoredObject>(Put(resource.Group, resource.Resource, body));

    public Task<StoredObject> ChangeAsync(GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken)
    {
        var found = Get(resource, @namespace, name) ?? throw NaruException.NotFound($"{resource} \"{name}\" not found");
        var copy = found.Tree.CloneMap();
        return Task.FromResult(change(copy) ? Put(resource.Group, resource.Resource, copy) : found);
    }

    public Task<StoredObject> PatchAsync(GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _objects.Remove(KeyOf(resource, @namespace, name));
        }

        return Task.FromResult<StoredObject?>(null);
    }

    public Task<IReadOnlyList<NaruException?>> BindAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken) => throw new NotSupportedException();

    private IEnumerable<FakeObject> Of(GroupResource resource, string space) =>
        _objects.Values.Where(one => one.Resource == resource && (space.Length == 0 || one.Namespace == space));

    private async Task NoteAsync(ApiCall call, CancellationToken cancellationToken)
    {
        Calls.Enqueue(call);
        if (Before is { } before)
        {
            await before(call, cancellationToken);
        }

        if (Next is { } failure)
        {
            Next = null;
            throw failure;
        }
    }

    private FakeObject Need(ApiCall call, string name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(KeyOf(call.Resource.Resource.GroupResource, call.Namespace, name))
                ?? throw new NaruException(ErrorKind.NotFound, $"{call.Resource.Resource.GroupResource} \"{name}\" not found")
                {
                    Details = new FailureDetails { Group = call.Resource.Resource.Group, Kind = call.Resource.Resource.Resource, Name = name },
                };
        }
    }

    private void Tell(GroupResource resource, ApiChange change) => _watchers.ForEach(one => one.Writer.TryWrite((resource, change)));

    private static string KeyOf(GroupResource resource, string space, string name) => $"{resource}/{space}/{name}";
}

/// <summary>An object of <see cref="FakeCluster"/>.</summary>
internal sealed class FakeObject(GroupResource resource, MapValue tree, long revision) : StoredObject
{
    public override GroupResource Resource => resource;

    public override string Namespace => tree.Text("metadata", "namespace") ?? "";

    public override string Name => tree.Text("metadata", "name") ?? "";

    public override string Uid => tree.Text("metadata", "uid") ?? "";

    public override long Revision => revision;

    public override ReadOnlyMemory<byte> Json { get; } = JsonText.ToBytes(tree);

    public override MapValue Tree => tree;

    public override T As<T>(Func<ReadOnlyMemory<byte>, T> read) => read(Json);
}

/// <summary>A catalogue that tests fill.</summary>
internal sealed class FakeCatalogue(IEnumerable<ResourceInfo> resources) : IResourceCatalogue
{
    public ImmutableArray<ResourceInfo> All { get; private set; } = [.. resources];

    public long Generation { get; private set; } = 1;

    public void Add(ResourceInfo resource)
    {
        All = All.Add(resource);
        Generation++;
    }

    public ResourceInfo? Find(GroupVersionResource resource) => All.FirstOrDefault(one => one.Resource == resource);

    public ResourceInfo? Find(GroupVersionKind kind) => All.FirstOrDefault(one => one.GroupVersionKind == kind);

    public ResourceInfo? Find(GroupResource resource) => All.FirstOrDefault(one => one.Resource.GroupResource == resource);
}
