using Naru.Core.Errors;
using Naru.Objects.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Naru.Objects.Yaml;

/// <summary>Makes a tree of a parser's events.</summary>
internal sealed class YamlTreeReader(IParser parser, int depthLimit, List<string> doubled)
{
    // What aliases may add up to: a node weighs a little, a text its length. Ten levels of "ten times the level above" end here, not in memory.
    private const long AliasLimit = 8 * 1024 * 1024;
    private const int NodeWeight = 16;
    private const int MostDoubled = 100;

    private readonly Dictionary<string, (Value? Value, long Weight)> _anchors = new(StringComparer.Ordinal);
    private long _weight;
    private long _aliasWeight;
    private int _depth;

    public Value ReadDocument()
    {
        parser.MoveNext();
        parser.MoveNext();
        if (parser.Current is StreamEnd or null)
        {
            return NullValue.Instance;
        }

        parser.MoveNext();
        var value = ReadNode();
        parser.MoveNext();
        return parser.Current is StreamEnd or null ? value : throw NaruException.Invalid("yaml: expected a single document, found another one");
    }

    /// <summary>Reads the node that begins at the current event and moves past it.</summary>
    private Value ReadNode()
    {
        var current = parser.Current;
        if (current is AnchorAlias alias)
        {
            parser.MoveNext();
            return Repeat(alias);
        }

        var anchor = current is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        if (anchor is not null)
        {
            _anchors[anchor] = (null, 0);
        }

        var before = _weight;
        _weight += NodeWeight;
        var value = current switch
        {
            Scalar scalar => ReadScalar(scalar),
            MappingStart => Nested(ReadMap),
            SequenceStart => Nested(ReadList),
            _ => throw NaruException.Invalid($"yaml: line {current?.Start.Line}: did not find expected node content"),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = (value, _weight - before);
        }

        return value;
    }

    private Value Repeat(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var known))
        {
            throw NaruException.Invalid($"yaml: unknown anchor '{alias.Value.Value}' referenced");
        }

        if (known.Value is null)
        {
            throw NaruException.Invalid($"yaml: anchor '{alias.Value.Value}' value contains itself");
        }

        _aliasWeight += known.Weight;
        _weight += known.Weight;
        return _aliasWeight <= AliasLimit ? known.Value.Clone() : throw NaruException.Invalid("yaml: document contains excessive aliasing");
    }

    private Value ReadScalar(Scalar scalar)
    {
        _weight += scalar.Value.Length;
        parser.MoveNext();
        return YamlScalars.Resolve(scalar);
    }

    private Value Nested(Func<Value> read)
    {
        if (++_depth > depthLimit)
        {
            throw NaruException.Invalid($"yaml: exceeded max depth of {depthLimit}");
        }

        parser.MoveNext();
        var value = read();
        parser.MoveNext();
        _depth--;
        return value;
    }

    private ListValue ReadList()
    {
        var list = new ListValue();
        while (parser.Current is not SequenceEnd)
        {
            list.Add(ReadNode());
        }

        return list;
    }

    private MapValue ReadMap()
    {
        var map = new MapValue();
        List<MapValue>? merged = null;
        while (parser.Current is not MappingEnd)
        {
            var line = parser.Current?.Start.Line;
            var isMerge = parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = ReadNode();
            var value = ReadNode();
            if (isMerge)
            {
                (merged ??= []).AddRange(MergeSources(value));
                continue;
            }

            var name = NameOf(key);
            if (doubled.Count < MostDoubled && map.Has(name))
            {
                doubled.Add($"line {line}: key {(key is TextValue ? $"\"{name}\"" : name)} already set in map");
            }

            map[name] = value;
        }

        foreach (var (name, value) in merged?.SelectMany(static source => source) ?? [])
        {
            map.Default(name, value);
        }

        return map;
    }

    private static IEnumerable<MapValue> MergeSources(Value value) => value switch
    {
        MapValue map => [map],
        ListValue list when list.All(static item => item is MapValue) => list.Maps(),
        _ => throw NaruException.Invalid("yaml: map merge requires map or sequence of maps as the value"),
    };

    private static string NameOf(Value key) => key switch
    {
        TextValue or IntegerValue or DoubleValue or BooleanValue or NullValue => key.ToString()!,
        _ => throw NaruException.Invalid("yaml: a map or list cannot be the key of a map"),
    };
}
