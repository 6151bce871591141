using System.Collections.Concurrent;
using Naru.Core.Names;

namespace Naru.Traffic.Names.Cluster;

/// <summary>The names of a zone and who said what of them. Reading takes no lock.</summary>
internal sealed class ZoneTable(string domain)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ZoneName> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ILookup<string, NameRecord>> _said = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, NameRecord[]>> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _below = new(StringComparer.Ordinal);

    /// <summary>Changes that there were.</summary>
    internal uint Version { get; private set; } = 1;

    internal ZoneName? Find(string name) => _names.GetValueOrDefault(name);

    internal void Set(string contributor, IReadOnlyCollection<NameRecord> records)
    {
        lock (_lock)
        {
            var before = _said.GetValueOrDefault(contributor);
            var after = records.ToLookup(static record => record.Name, StringComparer.Ordinal);
            foreach (var name in after.Select(static group => group.Key))
            {
                if (before is null || !before[name].SequenceEqual(after[name]))
                {
                    Change(name, contributor, [.. after[name]]);
                }
            }

            foreach (var name in (before ?? Enumerable.Empty<IGrouping<string, NameRecord>>()).Select(static group => group.Key).Where(name => !after.Contains(name)))
            {
                Change(name, contributor, null);
            }

            if (records.Count > 0)
            {
                _said[contributor] = after;
            }
            else
            {
                _said.Remove(contributor);
            }
        }
    }

    private void Change(string name, string contributor, NameRecord[]? records)
    {
        Version++;
        if (!_known.TryGetValue(name, out var parts))
        {
            _known[name] = parts = new SortedDictionary<string, NameRecord[]>(StringComparer.Ordinal);
            CountAbove(name, 1);
        }

        if (records is not null)
        {
            parts[contributor] = records;
        }
        else
        {
            parts.Remove(contributor);
        }

        if (parts.Count == 0)
        {
            _known.Remove(name);
            CountAbove(name, -1);
        }

        Show(name);
    }

    // A name exists as long as there is one below it, also when nothing is said of itself.
    private void CountAbove(string name, int difference)
    {
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            var above = name[(dot + 1)..];
            if (!above.EndsWith(domain, StringComparison.Ordinal))
            {
                return;
            }

            _below[above] = _below.GetValueOrDefault(above) + difference;
            if (_below[above] == 0)
            {
                _below.Remove(above);
            }

            Show(above);
            if (above.Length == domain.Length)
            {
                return;
            }
        }
    }

    private void Show(string name)
    {
        if (_known.TryGetValue(name, out var parts))
        {
            _names[name] = ZoneName.Build([.. parts.Values.SelectMany(static part => part)]);
        }
        else if (_below.ContainsKey(name))
        {
            _names[name] = ZoneName.Empty;
        }
        else
        {
            _names.TryRemove(name, out _);
        }
    }
}
