namespace Naru.Builds.Caching;

/// <summary>One lock a key, held across awaits; a key that nobody wants costs nothing.</summary>
internal sealed class KeyedLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Waits until the key is free and takes it; disposing gives it back.</summary>
    public async Task<IDisposable> TakeAsync(string key, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry!))
            {
                _entries[key] = entry = new Entry();
            }

            entry.Users++;
        }

        try
        {
            await entry.Gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, entry);
            throw;
        }

        return new Holder(this, key, entry);
    }

    /// <summary>Takes the key when nobody has it.</summary>
    public IDisposable? TryTake(string key)
    {
        lock (_entries)
        {
            if (_entries.ContainsKey(key))
            {
                return null;
            }

            var entry = new Entry { Users = 1 };
            entry.Gate.Wait();
            _entries[key] = entry;
            return new Holder(this, key, entry);
        }
    }

    public bool IsTaken(string key)
    {
        lock (_entries)
        {
            return _entries.ContainsKey(key);
        }
    }

    private void Leave(string key, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Gate.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Holder(KeyedLocks locks, string key, Entry entry) : IDisposable
    {
        private bool _given;

        public void Dispose()
        {
            if (!_given)
            {
                _given = true;
                entry.Gate.Release();
                locks.Leave(key, entry);
            }
        }
    }
}
