using System.Globalization;
using Naru.Cel.Types;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Cel.Runtime;

/// <summary>Brings values of objects' trees into expressions and back. Nothing is copied on the way in.</summary>
public static class TreeValues
{
    private const int MaxDepth = 500;

    /// <summary>The value that an expression sees.</summary>
    public static object Read(Value value, CelType type) => value switch
    {
        TextValue text => ReadText(text.Text, type),
        IntegerValue number => type.Kind == CelKind.Double ? (object)(double)number.Number : number.Number,
        DoubleValue number => type.Kind == CelKind.Int && Math.Floor(number.Number).Equals(number.Number) && Math.Abs(number.Number) < 9e18 ? (object)(long)number.Number : number.Number,
        BooleanValue truth => truth.Truth,
        MapValue map => new TreeMap(map, type.Kind is CelKind.Map or CelKind.Object ? type : CelType.AnyMap),
        ListValue list => new TreeList(list, type.Kind == CelKind.List ? type : CelType.AnyList),
        _ => CelNull.Instance,
    };

    /// <summary>The tree of a value; null if it has none (a type, an address).</summary>
    public static Value? Write(object value) => Write(value, 0);

    private static Value? Write(object value, int depth) => value switch
    {
        _ when depth > MaxDepth => null,
        CelNull => NullValue.Instance,
        bool truth => truth,
        long number => number,
        ulong number => number <= long.MaxValue ? (long)number : new DoubleValue(number),
        double number => new DoubleValue(number),
        string text => text,
        CelBytes bytes => Convert.ToBase64String(bytes.Content),
        CelDuration or CelTimestamp or Quantity => value.ToString()!,
        TreeMap map => map.Tree.Clone(),
        TreeList list => list.Tree.Clone(),
        CelMap map => WriteMap(map, depth),
        CelList list => WriteList(list, depth),
        CelOptional { Value: { } inner } => Write(inner, depth + 1),
        _ => null,
    };

    private static ListValue? WriteList(CelList list, int depth)
    {
        var result = new ListValue();
        foreach (var item in list.Items())
        {
            if (Write(item, depth + 1) is not { } value)
            {
                return null;
            }

            result.Add(value);
        }

        return result;
    }

    private static MapValue? WriteMap(CelMap map, int depth)
    {
        var result = new MapValue(map.Count);
        foreach (var key in map.Keys)
        {
            if (key is CelError || map.Find(key) is not { } found || Write(found, depth + 1) is not { } value)
            {
                return null;
            }

            result[Convert.ToString(key, CultureInfo.InvariantCulture)!] = value;
        }

        return result;
    }

    private static object ReadText(string text, CelType type)
    {
        switch (type.Kind)
        {
            case CelKind.Timestamp:
                return TimeText.Timestamp(text) is { } time ? time : new CelError($"failed to parse date-time \"{text}\"");
            case CelKind.Duration:
                return TimeText.Duration(text) is { } span ? span : new CelError($"failed to parse duration \"{text}\"");
            case CelKind.Bytes:
                var buffer = new byte[(text.Length * 3 / 4) + 3];
                return Convert.TryFromBase64String(text, buffer, out var length) ? new CelBytes(buffer[..length]) : new CelError("bytes field is not base64 encoded");
            default:
                return text;
        }
    }
}
