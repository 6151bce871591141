namespace Naru.Traffic.Rules;

/// <summary>Elements to put into the sets and to take out, as one transaction.</summary>
internal sealed class RuleChange
{
    private readonly List<(string Set, string Key, string? Value)> _added = [];
    private readonly List<(string Set, string Key)> _removed = [];

    internal IReadOnlyList<(string Set, string Key, string? Value)> Added => _added;

    internal IReadOnlyList<(string Set, string Key)> Removed => _removed;

    internal bool IsEmpty => _added.Count == 0 && _removed.Count == 0;

    internal RuleChange Add(string set, string key, string? value = null)
    {
        _added.Add((set, key, value));
        return this;
    }

    /// <summary>Takes out what another change put in.</summary>
    internal RuleChange Undo(RuleChange other)
    {
        _removed.AddRange(other._added.Select(static added => (added.Set, added.Key)));
        return this;
    }

    internal RuleChange Include(RuleChange other)
    {
        _added.AddRange(other._added);
        _removed.AddRange(other._removed);
        return this;
    }
}
