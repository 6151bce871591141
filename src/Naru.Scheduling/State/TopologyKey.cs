namespace Naru.Scheduling.State;

/// <summary>A label of nodes whose values are places: which node lies in which.</summary>
internal sealed class TopologyKey(string label)
{
    public const int None = -1;

    private readonly Dictionary<string, int> _domains = new(StringComparer.Ordinal);
    private int[] _of = [];

    public string Label { get; } = label;

    public int Domains => _domains.Count;

    public int this[int place] => place < _of.Length ? _of[place] : None;

    public void Set(NodeEntry node)
    {
        if (node.Place >= _of.Length)
        {
            var old = _of.Length;
            Array.Resize(ref _of, Math.Max(64, Math.Max(node.Place + 1, old * 2)));
            Array.Fill(_of, None, old, _of.Length - old);
        }

        _of[node.Place] = node.Facts is { } facts && facts.Labels.TryGetValue(Label, out var value) ? Number(value) : None;
    }

    private int Number(string value)
    {
        if (!_domains.TryGetValue(value, out var domain))
        {
            _domains[value] = domain = _domains.Count;
        }

        return domain;
    }
}
