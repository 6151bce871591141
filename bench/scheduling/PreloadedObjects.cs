using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Scheduling.Bench;

/// <summary>Objects that are there already; takes bindings and tells of them, as the object core does.</summary>
internal sealed class PreloadedObjects : IObjects
{
    private readonly ConcurrentDictionary<GroupResource, ConcurrentDictionary<string, Item>> _tables = [];
    private readonly Channel<ObjectChange> _bound = Channel.CreateUnbounded<ObjectChange>();
    private readonly TaskCompletionSource _done = new();
    private int _wanted = int.MaxValue, _count;
    private long _revision = 1;

    public int Bound => _count;

    public void Add(GroupResource resource, string name, byte[] json) => Table(resource)[name] = new(resource, resource.Resource == "pods" ? "bench" : "", name, json, ++_revision);

    public Task WhenBoundAsync(int count)
    {
        _wanted = count;
        return _done.Task;
    }

    public StoredObject? Get(GroupResource resource, string @namespace, string name) => Table(resource).GetValueOrDefault(name);

    public IReadOnlyList<StoredObject> List(GroupResource resource, string? @namespace = null) => [.. Table(resource).Values];

    public async IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in Table(resource).Values.OrderBy(static item => item.Revision))
        {
            yield return new(ChangeKind.Added, item, null, item.Revision);
        }

        yield return new(ChangeKind.Bookmark, null, null, _revision, IsSnapshotEnd: true);
        if (resource.Resource != "pods")
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        await foreach (var change in _bound.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    public Task<IReadOnlyList<NaruException?>> BindAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken)
    {
        var pods = Table(new("", "pods"));
        foreach (var binding in bindings)
        {
            var old = pods[binding.Name];
            var json = Encoding.UTF8.GetString(old.Json.Span).Replace("\"spec\":{", $"\"spec\":{{\"nodeName\":\"{binding.Node}\",", StringComparison.Ordinal);
            var item = new Item(old.Resource, old.Namespace, old.Name, Encoding.UTF8.GetBytes(json), Interlocked.Increment(ref _revision));
            pods[binding.Name] = item;
            _bound.Writer.TryWrite(new(ChangeKind.Modified, item, old, item.Revision));
        }

        if (Interlocked.Add(ref _count, bindings.Count) >= _wanted)
        {
            _done.TrySetResult();
        }

        return Task.FromResult<IReadOnlyList<NaruException?>>(new NaruException?[bindings.Count]);
    }

    public Task<StoredObject> CreateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<StoredObject>(new Item(resource, "bench", body.Text("metadata", "name") ?? "", JsonText.ToBytes(body), 0));

    public Task<StoredObject> UpdateAsync(GroupResource resource, MapValue body, WriteOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoredObject> ChangeAsync(GroupResource resource, string @namespace, string name, Func<MapValue, bool> change, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<StoredObject>(Table(resource)[name]);

    public Task<StoredObject> PatchAsync(GroupResource resource, string @namespace, string name, PatchKind kind, Value patch, WriteOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoredObject?> DeleteAsync(GroupResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    private ConcurrentDictionary<string, Item> Table(GroupResource resource) => _tables.GetOrAdd(resource, static _ => new());

    private sealed class Item(GroupResource resource, string space, string name, byte[] json, long revision) : StoredObject
    {
        public override GroupResource Resource => resource;

        public override string Namespace => space;

        public override string Name => name;

        public override string Uid => "";

        public override long Revision => revision;

        public override ReadOnlyMemory<byte> Json => json;

        public override MapValue Tree => (MapValue)JsonText.Parse(json);

        public override T As<T>(Func<ReadOnlyMemory<byte>, T> read) => read(json);
    }
}
