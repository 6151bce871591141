using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>Services and their slices as they were last heard of, and which services are to be decided anew. One thread.</summary>
internal sealed class ServiceBooks
{
    private const string ServiceName = "kubernetes.io/service-name";
    private readonly Dictionary<string, StoredObject> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _slices = new(StringComparer.Ordinal);
    private HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Keys of all services.</summary>
    public IReadOnlyCollection<string> Keys => _services.Keys;

    public IEnumerable<StoredObject> Services => _services.Values;

    public StoredObject? Find(string key) => _services.GetValueOrDefault(key);

    public IReadOnlyCollection<MapValue> SlicesOf(string key) => _slices.TryGetValue(key, out var some) ? [.. some.Values.Select(static one => one.Tree)] : [];

    /// <summary>The services that changed since the last call.</summary>
    public HashSet<string> TakeChanged()
    {
        var taken = _changed;
        _changed = new HashSet<string>(StringComparer.Ordinal);
        return taken;
    }

    public bool IsChanged(string key) => _changed.Contains(key);

    public void Touch(string key) => _changed.Add(key);

    public void TouchAll() => _changed.UnionWith(_services.Keys);

    public void TakeService(ChangeKind kind, StoredObject one)
    {
        var key = KeyOf(one.Namespace, one.Name);
        _changed.Add(key);
        if (kind == ChangeKind.Deleted)
        {
            _services.Remove(key);
        }
        else
        {
            _services[key] = one;
        }
    }

    public void TakeSlice(ChangeKind kind, StoredObject slice, StoredObject? previous)
    {
        if (previous is not null && OwnerOf(previous) is { } before && before != OwnerOf(slice))
        {
            Drop(before, slice.Name);
        }

        if (OwnerOf(slice) is not { } key)
        {
            return;
        }

        if (kind == ChangeKind.Deleted)
        {
            Drop(key, slice.Name);
            return;
        }

        _changed.Add(key);
        if (!_slices.TryGetValue(key, out var some))
        {
            _slices[key] = some = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        }

        some[slice.Name] = slice;
    }

    public static string KeyOf(string @namespace, string name) => $"{@namespace}/{name}";

    private static string? OwnerOf(StoredObject slice) => slice.Tree.Text("metadata", "labels", ServiceName) is { Length: > 0 } name ? KeyOf(slice.Namespace, name) : null;

    private void Drop(string key, string slice)
    {
        _changed.Add(key);
        if (_slices.TryGetValue(key, out var some) && some.Remove(slice) && some.Count == 0)
        {
            _slices.Remove(key);
        }
    }
}
