using System.Text;

namespace Naru.Traffic.Policies;

/// <summary>What the table of policies is to hold, as text of nftables; and how one becomes another without a moment between.</summary>
internal sealed class PolicyTable
{
    private readonly SortedDictionary<string, (string Kind, string Type)> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string?>> _elements = new(StringComparer.Ordinal);

    /// <summary>Nothing is judged: no table is needed.</summary>
    internal bool IsEmpty { get; set; }

    /// <summary>Declares a set or map.</summary>
    internal PolicyTable Set(string name, string kind, string type)
    {
        _sets[name] = (kind, type);
        _elements.TryAdd(name, new Dictionary<string, string?>(StringComparer.Ordinal));
        return this;
    }

    internal void Element(string set, string key, string? value = null) => _elements[set][key] = value;

    /// <summary>A chain with its rules, a line each; that of a hook begins with it.</summary>
    internal void Chain(string name, string rules) => _chains[name] = rules;

    internal bool HasChain(string name) => _chains.ContainsKey(name);

    /// <summary>The commands that make it, whatever was there.</summary>
    internal string Whole(string table)
    {
        var text = new StringBuilder().Append("add table inet ").Append(table).Append("\ndelete table inet ").Append(table).Append('\n');
        if (IsEmpty)
        {
            return text.ToString();
        }

        text.Append("add table inet ").Append(table).Append('\n');
        Change(text, table, new PolicyTable());
        return text.ToString();
    }

    /// <summary>The commands that make it of another one; empty if they are alike.</summary>
    internal string Since(PolicyTable before, string table)
    {
        if (before.IsEmpty != IsEmpty)
        {
            return Whole(table);
        }

        var text = new StringBuilder();
        if (!IsEmpty)
        {
            Change(text, table, before);
        }

        return text.ToString();
    }

    // In an order in which everything that is named is there: new sets, new chains, their rules, elements, and then what is gone.
    private void Change(StringBuilder text, string table, PolicyTable before)
    {
        foreach (var (name, (kind, type)) in _sets.Where(one => !before._sets.ContainsKey(one.Key)))
        {
            text.Append("add ").Append(kind).Append(" inet ").Append(table).Append(' ').Append(name).Append(" { ").Append(type).Append(" }\n");
        }

        foreach (var (name, rules) in _chains.Where(one => !before._chains.ContainsKey(one.Key)))
        {
            text.Append("add chain inet ").Append(table).Append(' ').Append(name).Append(HookOf(rules)).Append('\n');
        }

        foreach (var (name, rules) in _chains)
        {
            var isThere = before._chains.TryGetValue(name, out var old);
            if (isThere && old == rules)
            {
                continue;
            }

            if (isThere)
            {
                text.Append("flush chain inet ").Append(table).Append(' ').Append(name).Append('\n');
            }

            foreach (var rule in RulesOf(rules))
            {
                text.Append("add rule inet ").Append(table).Append(' ').Append(name).Append(' ').Append(rule).Append('\n');
            }
        }

        ChangeElements(text, table, before);
        foreach (var command in new[] { "flush", "delete" })
        {
            foreach (var name in before._chains.Keys.Where(name => !_chains.ContainsKey(name)))
            {
                text.Append(command).Append(" chain inet ").Append(table).Append(' ').Append(name).Append('\n');
            }
        }

        foreach (var (name, (kind, _)) in before._sets.Where(one => !_sets.ContainsKey(one.Key)))
        {
            text.Append("delete ").Append(kind).Append(" inet ").Append(table).Append(' ').Append(name).Append('\n');
        }
    }

    private void ChangeElements(StringBuilder text, string table, PolicyTable before)
    {
        foreach (var (set, elements) in _elements)
        {
            var old = before._elements.GetValueOrDefault(set);
            Write(text, "delete", table, set, (old ?? []).Where(one => !elements.TryGetValue(one.Key, out var value) || value != one.Value));
            Write(text, "add", table, set, elements.Where(one => old is null || !old.TryGetValue(one.Key, out var value) || value != one.Value));
        }
    }

    private static void Write(StringBuilder text, string command, string table, string set, IEnumerable<KeyValuePair<string, string?>> elements)
    {
        var all = string.Join(", ", elements.Select(one => one.Value is null ? one.Key : $"{one.Key} : {one.Value}"));
        if (all.Length > 0)
        {
            text.Append(command).Append(" element inet ").Append(table).Append(' ').Append(set).Append(" { ").Append(all).Append(" }\n");
        }
    }

    private static string HookOf(string rules) => rules.StartsWith("type ", StringComparison.Ordinal) ? $" {{ {rules[..rules.IndexOf('\n', StringComparison.Ordinal)]} }}" : "";

    private static IEnumerable<string> RulesOf(string rules) =>
        rules.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith("type ", StringComparison.Ordinal));
}
