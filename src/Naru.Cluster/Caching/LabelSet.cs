using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Naru.Cluster.Caching;

/// <summary>An object's labels as they are matched: a few pairs in one array, for fifty thousand objects have them.</summary>
internal sealed class LabelSet : IReadOnlyDictionary<string, string>
{
    /// <summary>No labels.</summary>
    public static readonly LabelSet Empty = new([]);

    private readonly string[] _pairs;

    /// <summary>Labels from names and values in turns.</summary>
    public LabelSet(string[] pairs) => _pairs = pairs;

    public int Count => _pairs.Length / 2;

    public IEnumerable<string> Keys => this.Select(static pair => pair.Key);

    public IEnumerable<string> Values => this.Select(static pair => pair.Value);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        for (var index = 0; index < _pairs.Length; index += 2)
        {
            if (_pairs[index] == key)
            {
                value = _pairs[index + 1];
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var index = 0; index < _pairs.Length; index += 2)
        {
            yield return new(_pairs[index], _pairs[index + 1]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
