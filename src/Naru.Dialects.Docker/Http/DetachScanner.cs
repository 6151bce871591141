namespace Naru.Dialects.Docker.Http;

/// <summary>
/// Looks for the detach keys in what a client types. Keys that began but did not finish are held back and handed on when
/// something else follows.
/// </summary>
internal sealed class DetachScanner(string keys)
{
    private readonly byte[] _keys = Parse(keys);
    private int _matched;

    /// <summary>Returns whether the keys are complete, and the bytes that are to be handed on.</summary>
    public (bool Detach, ReadOnlyMemory<byte> Bytes) Scan(ReadOnlyMemory<byte> typed)
    {
        var span = typed.Span;
        if (_matched == 0 && span.IndexOf(_keys[0]) < 0)
        {
            return (false, typed);
        }
        var passed = new List<byte>(span.Length + _keys.Length);
        foreach (var letter in span)
        {
            if (letter == _keys[_matched])
            {
                if (++_matched == _keys.Length)
                {
                    _matched = 0;
                    return (true, passed.ToArray());
                }
                continue;
            }
            passed.AddRange(_keys.AsSpan(0, _matched));
            _matched = letter == _keys[0] && _keys.Length > 1 ? 1 : 0;
            if (_matched == 0)
            {
                passed.Add(letter);
            }
        }
        return (false, passed.ToArray());
    }

    /// <summary>Reads <c>ctrl-p,ctrl-q</c> or <c>a,b</c>; empty means the default.</summary>
    /// <exception cref="DockerException">400: not such a list.</exception>
    internal static byte[] Parse(string text)
    {
        if (text.Length == 0)
        {
            return [16, 17];
        }
        var keys = new List<byte>();
        foreach (var word in text.Split(','))
        {
            if (word.Length == 1 && word[0] < 128)
            {
                keys.Add((byte)word[0]);
                continue;
            }
            var letter = word.StartsWith("ctrl-", StringComparison.Ordinal) && word.Length == 6 ? char.ToLowerInvariant(word[5]) : '\0';
            keys.Add(letter switch
            {
                >= 'a' and <= 'z' => (byte)(letter - 'a' + 1),
                '@' => 0,
                '[' => 27,
                '\\' => 28,
                ']' => 29,
                '^' => 30,
                '_' => 31,
                _ => throw DockerException.BadRequest($"Invalid escape keys (\"{text}\") provided"),
            });
        }
        return [.. keys];
    }
}
