using FsCheck;
using FsCheck.Fluent;
using Naru.Objects.Values;

namespace Naru.Objects.Tests;

/// <summary>Random trees.</summary>
internal static class Trees
{
    private static readonly Gen<string> Names = Gen.Elements("a", "b", "c", "d", "name", "");

    private static readonly Gen<Value> Scalars = Gen.OneOf(
        Gen.Elements("", "x", "y", "tab\t\"quoted\" \\", "한 🚢", "yes", "1").Select(static text => (Value)text),
        Gen.Choose(-3, 300).Select(static number => (Value)(long)number),
        Gen.Elements<Value>(true, false, new DoubleValue(0.5), new IntegerValue(long.MinValue)));

    /// <summary>Trees without null.</summary>
    public static readonly Gen<Value> Any = Gen.Sized(static size => Node(Math.Min(size, 5), withNull: false));

    /// <summary>Trees with null in them.</summary>
    public static readonly Gen<Value> AnyWithNull = Gen.Sized(static size => Node(Math.Min(size, 5), withNull: true));

    /// <summary>Maps without null.</summary>
    public static readonly Gen<MapValue> Maps = Gen.Sized(static size => Map(Math.Min(size, 5), withNull: false));

    /// <summary>Maps with null in them.</summary>
    public static readonly Gen<MapValue> MapsWithNull = Gen.Sized(static size => Map(Math.Min(size, 5), withNull: true));

    public static Arbitrary<Value> Arbitrary => Any.ToArbitrary();

    private static Gen<Value> Node(int depth, bool withNull)
    {
        var leaf = withNull ? Gen.OneOf(Scalars, Gen.Constant<Value>(NullValue.Instance)) : Scalars;
        return depth <= 0
            ? leaf
            : Gen.Frequency((2, leaf), (2, Map(depth, withNull).Select(static map => (Value)map)), (1, Node(depth - 1, withNull).ListOf().Select(static items => (Value)new ListValue(items.Take(4)))));
    }

    private static Gen<MapValue> Map(int depth, bool withNull) =>
        from names in Names.ListOf()
        from values in Node(depth - 1, withNull).ListOf(4)
        select Build(names.Distinct().Take(4).Zip(values));

    private static MapValue Build(IEnumerable<(string Name, Value Value)> fields)
    {
        var map = new MapValue();
        foreach (var (name, value) in fields)
        {
            map[name] = value;
        }

        return map;
    }
}
