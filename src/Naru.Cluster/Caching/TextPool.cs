using System.Collections.Concurrent;
using System.Text;

namespace Naru.Cluster.Caching;

/// <summary>Texts that many objects share (namespaces, labels, owners' identities), each kept once. Forgets all when it has grown large: it saves memory, nothing depends on it.</summary>
internal sealed class TextPool
{
    private const int Largest = 100_000;
    private const int LongestText = 128;

    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public TextPool() => _bySpan = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The one text with these characters.</summary>
    public string Get(ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
        {
            return "";
        }

        if (text.Length > LongestText)
        {
            return text.ToString();
        }

        if (_bySpan.TryGetValue(text, out var known))
        {
            return known;
        }

        if (_texts.Count > Largest)
        {
            _texts.Clear();
        }

        var made = text.ToString();
        return _texts.GetOrAdd(made, made);
    }

    /// <summary>The one text with these UTF-8 bytes.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestText)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> characters = stackalloc char[LongestText];
        return Get(characters[..Encoding.UTF8.GetChars(utf8, characters)]);
    }
}
