namespace Naru.Scheduling.Facts;

/// <summary>Names as small numbers: what is compared often is compared as an integer and can be a place in an array. Numbers are never given back.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public NameTable(params ReadOnlySpan<string> first)
    {
        foreach (var name in first)
        {
            Number(name);
        }
    }

    public int Count => _names.Count;

    public string this[int number] => _names[number];

    public int Number(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
        }

        return number;
    }
}
