using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>A path to values in a tree, as custom columns write it: <c>.status.conditions[?(@.type=="Ready")].status</c>. What cannot be read finds nothing.</summary>
internal sealed class FieldPath
{
    private readonly List<Func<Value, IEnumerable<Value>>> _steps = [];

    /// <summary>Reads a path.</summary>
    public static FieldPath Parse(string text)
    {
        var path = new FieldPath();
        var rest = text.AsSpan().Trim();
        rest = rest.StartsWith("{") && rest.EndsWith("}") ? rest[1..^1] : rest;
        rest = rest.StartsWith("$") ? rest[1..] : rest;
        while (rest.Length > 0)
        {
            rest = rest[0] == '[' ? path.TakeBracket(rest) : path.TakeName(rest);
        }

        return path;
    }

    /// <summary>The values at the path, in order.</summary>
    public IReadOnlyList<Value> Find(Value root)
    {
        IEnumerable<Value> found = [root];
        foreach (var step in _steps)
        {
            found = found.SelectMany(step);
        }

        return [.. found.Where(static value => value is not NullValue)];
    }

    private ReadOnlySpan<char> TakeName(ReadOnlySpan<char> rest)
    {
        rest = rest[0] == '.' ? rest[1..] : rest;
        var name = new System.Text.StringBuilder();
        var place = 0;
        for (; place < rest.Length && rest[place] is not ('.' or '['); place++)
        {
            if (rest[place] == '\\' && place + 1 < rest.Length)
            {
                place++;
            }

            name.Append(rest[place]);
        }

        if (name.Length > 0)
        {
            AddName(name.ToString());
        }

        return rest[place..];
    }

    private ReadOnlySpan<char> TakeBracket(ReadOnlySpan<char> rest)
    {
        var depth = 0;
        var end = 0;
        for (; end < rest.Length; end++)
        {
            depth += rest[end] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth == 0)
            {
                break;
            }
        }

        var inner = rest[1..Math.Min(end, rest.Length)].Trim().ToString();
        if (inner == "*")
        {
            AddName("*");
        }
        else if (inner.StartsWith("?(", StringComparison.Ordinal) && inner.EndsWith(')'))
        {
            AddFilter(inner[2..^1]);
        }
        else if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            _steps.Add(value => value is ListValue list && Place(index, list.Count) is var at && at >= 0 && at < list.Count ? [list[at]] : []);
        }
        else
        {
            AddName(inner.Trim('\'', '"'));
        }

        return rest[Math.Min(end + 1, rest.Length)..];
    }

    private static int Place(int index, int count) => index < 0 ? count + index : index;

    private void AddName(string name) => _steps.Add(name == "*"
        ? static value => value switch
        {
            ListValue list => list,
            MapValue map => map.Select(static field => field.Value),
            _ => [],
        }
        : value => value is MapValue map && map[name] is { } found ? [found] : []);

    // @.type=="Ready", @.type!='Ready', @.x
    private void AddFilter(string test)
    {
        var isEqual = test.Split("==", 2);
        var isOther = isEqual.Length == 2 ? isEqual : test.Split("!=", 2);
        var negated = isEqual.Length != 2;
        var path = Parse(isOther[0].Trim().TrimStart('@'));
        var wanted = isOther.Length == 2 ? isOther[1].Trim().Trim('\'', '"') : null;
        _steps.Add(value => value is ListValue list ? list.Where(item => Passes(path.Find(item), wanted, negated)) : []);
    }

    private static bool Passes(IReadOnlyList<Value> found, string? wanted, bool negated) =>
        wanted is null ? found.Count > 0 : found.Count > 0 && (found[0].ToString() == wanted) != negated;
}
