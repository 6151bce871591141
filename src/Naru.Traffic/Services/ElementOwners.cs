namespace Naru.Traffic.Services;

/// <summary>
/// Whose elements the table holds. An element that several services want has the value of the one that came first; when that goes, the next one's. Not for several threads.
/// </summary>
internal sealed class ElementOwners
{
    // Told from every value by identity.
    private static readonly string Missing = new('-', 1);

    private readonly Dictionary<(string Set, string Key), Claim> _claims = [];
    private readonly Dictionary<(string Set, string Key), string?> _touched = [];

    /// <summary>Elements by set, as they are to be.</summary>
    internal IEnumerable<ServiceElement> All => _claims.Select(static row => new ServiceElement(row.Key.Set, row.Key.Key, row.Value.Value));

    internal int Count => _claims.Count;

    /// <summary>A service has the elements of the one plan no more and has those of the other.</summary>
    internal void Replace(string owner, IReadOnlyCollection<ServiceElement> old, IReadOnlyCollection<ServiceElement> now)
    {
        var staying = new HashSet<ServiceElement>(now);
        staying.IntersectWith(old);
        foreach (var element in old.Where(element => !staying.Contains(element)))
        {
            Drop(owner, (element.Set, element.Key));
        }

        foreach (var element in now.Where(element => !staying.Contains(element)))
        {
            Add(owner, (element.Set, element.Key), element.Value);
        }
    }

    /// <summary>What has to go and what has to come since the last call.</summary>
    internal (List<ServiceElement> Gone, List<ServiceElement> New) Take()
    {
        var (gone, made) = (new List<ServiceElement>(), new List<ServiceElement>());
        foreach (var (place, before) in _touched)
        {
            var had = !ReferenceEquals(before, Missing);
            var has = _claims.TryGetValue(place, out var claim);
            if (had && has && before == claim.Value)
            {
                continue;
            }

            if (had)
            {
                gone.Add(new ServiceElement(place.Set, place.Key, before));
            }

            if (has)
            {
                made.Add(new ServiceElement(place.Set, place.Key, claim.Value));
            }
        }

        _touched.Clear();
        return (gone, made);
    }

    private void Add(string owner, (string, string) place, string? value)
    {
        Touch(place);
        if (_claims.TryGetValue(place, out var claim))
        {
            (claim.Others ??= []).Add((owner, value));
            _claims[place] = claim;
        }
        else
        {
            _claims[place] = new Claim { Owner = owner, Value = value };
        }
    }

    private void Drop(string owner, (string, string) place)
    {
        Touch(place);
        if (!_claims.TryGetValue(place, out var claim))
        {
            return;
        }

        if (claim.Owner != owner)
        {
            claim.Others?.RemoveAll(other => other.Owner == owner);
        }
        else if (claim.Others is { Count: > 0 } others)
        {
            var (next, value) = others[0];
            others.RemoveAt(0);
            _claims[place] = new Claim { Owner = next, Value = value, Others = others };
        }
        else
        {
            _claims.Remove(place);
        }
    }

    private void Touch((string, string) place) => _touched.TryAdd(place, _claims.TryGetValue(place, out var claim) ? claim.Value : Missing);

    private struct Claim
    {
        internal string Owner;
        internal string? Value;
        internal List<(string Owner, string? Value)>? Others;
    }
}
