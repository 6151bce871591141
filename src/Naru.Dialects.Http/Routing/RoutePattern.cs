namespace Naru.Dialects.Http.Routing;

/// <summary>
/// A path pattern: literal segments, <c>{name}</c> for one segment and at most one <c>{name*}</c> for one segment or more
/// (an image's name holds slashes). Matching allocates nothing but the values.
/// </summary>
public sealed class RoutePattern
{
    private readonly string[] _segments;
    private readonly int _greedy;

    public RoutePattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Text = pattern;
        _segments = pattern.Trim('/').Split('/');
        _greedy = Array.FindIndex(_segments, segment => segment.EndsWith("*}", StringComparison.Ordinal));
    }

    public string Text { get; }

    /// <summary>The first segment, which is always literal: the table's key.</summary>
    public string Head => _segments[0];

    /// <summary>Matches a path that was split at its slashes.</summary>
    public bool TryMatch(ReadOnlySpan<string> path, out RouteValues values)
    {
        values = default;
        if (_greedy < 0 ? path.Length != _segments.Length : path.Length < _segments.Length)
        {
            return false;
        }
        var extra = path.Length - _segments.Length;
        for (int s = 0, p = 0; s < _segments.Length; s++, p++)
        {
            var segment = _segments[s];
            if (segment[0] != '{')
            {
                if (!string.Equals(segment, path[p], StringComparison.Ordinal))
                {
                    return false;
                }
                continue;
            }
            if (s == _greedy)
            {
                values = values.With(string.Join('/', path.Slice(p, extra + 1)!));
                p += extra;
            }
            else
            {
                values = values.With(path[p]);
            }
        }
        return values.AllFilled;
    }
}
