using System.Globalization;
using System.Text;
using System.Text.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Json;

/// <summary>One pass over JSON. Fields and items are gathered on a stack that all levels share, so that each map and list is made once, at its final size.</summary>
internal ref struct JsonTreeReader
{
    // As many as Kubernetes names; a hostile body could hold a million of them, each with a path of hundreds of steps.
    private const int MostDoubled = 100;

    [ThreadStatic]
    private static Scratch? _spare;

    private Utf8JsonReader _reader;
    private readonly List<string>? _doubled;
    private readonly Scratch _scratch;
    private int _depth;

    public JsonTreeReader(ReadOnlySpan<byte> utf8, int depth, List<string>? doubled)
    {
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depth });
        _doubled = doubled;
        _scratch = _spare ?? new Scratch();
        _spare = null;
    }

    public Value ReadDocument()
    {
        try
        {
            if (!_reader.Read())
            {
                throw new JsonException("unexpected end of JSON input");
            }

            var value = ReadValue();
            while (_reader.Read())
            {
            }

            return value;
        }
        finally
        {
            _scratch.Reset();
            _spare = _scratch;
        }
    }

    private Value ReadValue() => _reader.TokenType switch
    {
        JsonTokenType.String => new TextValue(ReadText()),
        JsonTokenType.StartObject => ReadMap(),
        JsonTokenType.StartArray => ReadList(),
        JsonTokenType.Number => ReadNumber(),
        JsonTokenType.True => BooleanValue.True,
        JsonTokenType.False => BooleanValue.False,
        _ => NullValue.Instance,
    };

    private readonly string ReadText() =>
        _reader.ValueIsEscaped ? _reader.GetString()! : Encoding.UTF8.GetString(_reader.ValueSpan);

    private readonly Value ReadNumber()
    {
        if (_reader.TryGetInt64(out var whole))
        {
            return IntegerValue.Of(whole);
        }

        var number = double.Parse(_reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? new DoubleValue(number) : throw new JsonException("a number is out of range");
    }

    private MapValue ReadMap()
    {
        var start = _scratch.FieldCount;
        var level = _depth++;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.ValueIsEscaped ? _reader.GetString()! : FieldNames.Get(_reader.ValueSpan);
            if (_doubled is not null)
            {
                _scratch.SetStep(level, name, -1);
            }

            _reader.Read();
            _scratch.AddField(name, ReadValue());
        }

        _depth--;
        var map = MapValue.FromFields(_scratch.FieldsFrom(start), out var twice);
        _scratch.CutFields(start);
        foreach (var name in twice ?? [])
        {
            if (_doubled is not { Count: < MostDoubled })
            {
                break;
            }

            _scratch.SetStep(level, name, -1);
            _doubled.Add($"duplicate field \"{_scratch.PathTo(level)}\"");
        }

        return map;
    }

    private ListValue ReadList()
    {
        var start = _scratch.ItemCount;
        var level = _depth++;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_doubled is not null)
            {
                _scratch.SetStep(level, "", _scratch.ItemCount - start);
            }

            _scratch.AddItem(ReadValue());
        }

        _depth--;
        var list = ListValue.FromItems(_scratch.ItemsFrom(start));
        _scratch.CutItems(start);
        return list;
    }

    private sealed class Scratch
    {
        private KeyValuePair<string, Value>[] _fields = new KeyValuePair<string, Value>[128];
        private Value[] _items = new Value[64];
        private (string Name, int Index)[] _steps = new (string, int)[16];

        public int FieldCount { get; private set; }

        public int ItemCount { get; private set; }

        public void AddField(string name, Value value)
        {
            if (FieldCount == _fields.Length)
            {
                Array.Resize(ref _fields, FieldCount * 2);
            }

            _fields[FieldCount++] = new(name, value);
        }

        public void AddItem(Value value)
        {
            if (ItemCount == _items.Length)
            {
                Array.Resize(ref _items, ItemCount * 2);
            }

            _items[ItemCount++] = value;
        }

        public ReadOnlySpan<KeyValuePair<string, Value>> FieldsFrom(int start) => _fields.AsSpan(start, FieldCount - start);

        public ReadOnlySpan<Value> ItemsFrom(int start) => _items.AsSpan(start, ItemCount - start);

        // What was read must not be kept alive by the spare.
        public void CutFields(int start)
        {
            Array.Clear(_fields, start, FieldCount - start);
            FieldCount = start;
        }

        public void CutItems(int start)
        {
            Array.Clear(_items, start, ItemCount - start);
            ItemCount = start;
        }

        public void SetStep(int level, string name, int index)
        {
            if (level >= _steps.Length)
            {
                Array.Resize(ref _steps, level * 2);
            }

            _steps[level] = (name, index);
        }

        public string PathTo(int level)
        {
            var path = new StringBuilder();
            for (var step = 0; step <= level; step++)
            {
                var (name, index) = _steps[step];
                path.Append(index >= 0 ? $"[{index}]" : path.Length == 0 ? name : $".{name}");
            }

            return path.ToString();
        }

        public void Reset()
        {
            CutFields(0);
            CutItems(0);
            if (_fields.Length > 4096 || _items.Length > 4096)
            {
                _fields = new KeyValuePair<string, Value>[128];
                _items = new Value[64];
            }
        }
    }
}
