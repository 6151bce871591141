namespace Naru.Ingress.Backends;

/// <summary>Which backends depend on what. Not for several threads.</summary>
internal sealed class BackendIndex<T>
    where T : notnull
{
    private readonly Dictionary<T, HashSet<BackendKey>> _dependent = [];
    private readonly Dictionary<BackendKey, T[]> _causes = [];

    /// <summary>The backends that depend on something, as they are now.</summary>
    public IReadOnlyList<BackendKey> Find(T cause) => _dependent.TryGetValue(cause, out var keys) ? [.. keys] : [];

    /// <summary>Says what a backend depends on.</summary>
    /// <returns>What nobody depends on any more.</returns>
    public IReadOnlyList<T> Set(BackendKey key, T[] causes)
    {
        var before = _causes.GetValueOrDefault(key) ?? [];
        if (causes.Length > 0)
        {
            _causes[key] = causes;
        }
        else
        {
            _causes.Remove(key);
        }

        foreach (var cause in causes)
        {
            (_dependent.TryGetValue(cause, out var keys) ? keys : _dependent[cause] = []).Add(key);
        }

        var free = new List<T>();
        foreach (var cause in before.Except(causes))
        {
            if (_dependent.TryGetValue(cause, out var keys) && keys.Remove(key) && keys.Count == 0)
            {
                _dependent.Remove(cause);
                free.Add(cause);
            }
        }

        return free;
    }
}
