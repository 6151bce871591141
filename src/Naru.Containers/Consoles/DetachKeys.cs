using Naru.Core.Errors;

namespace Naru.Containers.Consoles;

/// <summary>Watches what is typed for the keys that leave a terminal (Docker's <c>--detach-keys</c>: <c>ctrl-p,ctrl-q</c>).</summary>
internal sealed class DetachKeys
{
    private const string Default = "ctrl-p,ctrl-q";
    private readonly byte[] _keys;
    private int _matched;

    private DetachKeys(byte[] keys) => _keys = keys;

    /// <summary>The keys have been typed.</summary>
    public bool WasTyped { get; private set; }

    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: not a list of keys.</exception>
    public static DetachKeys Parse(string text)
    {
        var words = (text.Length == 0 ? Default : text).Split(',');
        return new DetachKeys([.. words.Select(word => ParseKey(word, text))]);
    }

    /// <summary>What of the input goes on to the container: held-back keys come back when the sequence breaks off.</summary>
    public ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> input, out bool detached)
    {
        detached = false;
        if (_matched == 0 && input.Span.IndexOf(_keys[0]) < 0)
        {
            return input;
        }

        var passed = new List<byte>(input.Length + _matched);
        foreach (var typed in input.Span)
        {
            if (typed == _keys[_matched])
            {
                if (++_matched == _keys.Length)
                {
                    detached = WasTyped = true;
                    break;
                }

                continue;
            }

            passed.AddRange(_keys.AsSpan(0, _matched));
            _matched = 0;
            if (typed == _keys[0])
            {
                _matched = 1;
            }
            else
            {
                passed.Add(typed);
            }
        }

        return passed.ToArray();
    }

    private static byte ParseKey(string word, string whole)
    {
        if (word.Length == 1)
        {
            return (byte)word[0];
        }

        if (word.Length == 6 && word.StartsWith("ctrl-", StringComparison.Ordinal) && char.ToUpperInvariant(word[5]) is >= '@' and <= '_')
        {
            return (byte)(char.ToUpperInvariant(word[5]) - '@');
        }

        throw NaruException.Invalid($"Invalid detach keys ({whole}) provided");
    }
}
