using Naru.Cel.Syntax;
using Naru.Cel.Types;

namespace Naru.Cel.Checking;

/// <summary>What an expression may cost at most. Sizes come from the schema; where it gives none, from what a request can hold.</summary>
internal static class CostEstimator
{
    /// <summary>A request is at most so long.</summary>
    public const long MaxRequest = 3 * 1024 * 1024;

    private static readonly HashSet<string> Patterns = ["matches", "find", "findAll"];

    private static readonly HashSet<string> Walks =
    [
        "contains", "startsWith", "endsWith", "indexOf", "lastIndexOf", "lowerAscii", "upperAscii", "replace", "split", "substring", "trim", "charAt", "join", "reverse",
        "isSorted", "sum", "min", "max", "url", "isURL", "ip", "isIP", "cidr", "isCIDR", "quantity", "isQuantity", "semver", "isSemver", "string", "bytes", "validate",
        "sort", "distinct", "flatten", "slice", "sets.contains", "sets.intersects", "sets.equivalent", "base64.encode", "base64.decode", "_+_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in",
    ];

    /// <summary>The highest cost; <see cref="long.MaxValue"/> if there is no bound.</summary>
    public static long Estimate(Expression node) => node switch
    {
        Literal => 0,
        Identifier => 1,
        Selection one => Add(1, Estimate(one.Operand)),
        Call one => EstimateCall(one),
        Junction one => Sum(one.Terms),
        ListLiteral one => Add(10, Sum(one.Items)),
        MapLiteral one => Add(30, Add(Sum(one.Entries.Select(static entry => entry.Key)), Sum(one.Entries.Select(static entry => entry.Value)))),
        ObjectLiteral one => Add(40, Sum(one.Fields.Select(static entry => entry.Value))),
        Loop one => Add(Estimate(one.Range), Multiply(Size(one.Range), Add(Add(2, Estimate(one.Body)), one.Filter is null ? 0 : Estimate(one.Filter)))),
        Binding one => Add(Estimate(one.Value), Estimate(one.Body)),
        _ => 1,
    };

    /// <summary>The most items or characters that a value of a type may have.</summary>
    public static long SizeOf(CelType type) => type.Kind switch
    {
        CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Null or CelKind.Type or CelKind.Timestamp or CelKind.Duration => 1,
        CelKind.Text or CelKind.Bytes => type.MaxSize ?? MaxRequest,
        CelKind.List => type.MaxSize ?? (MaxRequest / Math.Max(2, Least(type.Element, 0) + 1)),
        CelKind.Map => type.MaxSize ?? (MaxRequest / Math.Max(6, Least(type.Element, 0) + 5)),
        _ => type.MaxSize ?? MaxRequest,
    };

    private static long EstimateCall(Call node)
    {
        var own = Add(node.Target is null ? 0 : Estimate(node.Target), Sum(node.Arguments));
        if (node.Function == "_?_:_")
        {
            return Add(Estimate(node.Arguments[0]), Math.Max(Estimate(node.Arguments[1]), Estimate(node.Arguments[2])));
        }

        var operands = node.Target is null ? node.Arguments : [node.Target, .. node.Arguments];
        if (Patterns.Contains(node.Function) && operands.Length >= 2)
        {
            return Add(own, Multiply(Tenth(Size(operands[0])) + 1, Math.Max(1, Size(operands[1]) / 4)));
        }

        if (node.Function == "check")
        {
            return Add(own, 350_000);
        }

        if (!Walks.Contains(node.Function) || operands.Length == 0)
        {
            return Add(own, 1);
        }

        if (node.Function == "@in")
        {
            return Add(own, operands[^1].Type.Kind == CelKind.List ? Size(operands[^1]) : 1);
        }

        var size = node.Function is "_==_" or "_!=_" or "_<_" or "_<=_" or "_>_" or "_>=_" ? operands.Min(Size) : Size(operands[0]);
        return Add(own, Add(1, operands[0].Type.Kind is CelKind.Text or CelKind.Bytes or CelKind.Dyn ? Tenth(size) : size));
    }

    private static long Size(Expression node) => node switch
    {
        Literal { Value: string text } => text.Length,
        Literal => 1,
        Call { Function: "_+_" } call => Add(Size(call.Arguments[0]), Size(call.Arguments[1])),
        Call { Function: "_?_:_" } call => Math.Max(Size(call.Arguments[1]), Size(call.Arguments[2])),
        _ => SizeOf(node.Type),
    };

    // The fewest bytes that a value takes in JSON.
    private static long Least(CelType type, int depth) => type.Kind switch
    {
        CelKind.Text or CelKind.Bytes or CelKind.List or CelKind.Map or CelKind.Object or CelKind.Duration => 2,
        CelKind.Timestamp => 22,
        CelKind.Bool => 4,
        _ => 1,
    };

    private static long Sum(IEnumerable<Expression> nodes) => nodes.Aggregate(0L, static (sum, node) => Add(sum, Estimate(node)));

    private static long Tenth(long size) => size == long.MaxValue ? size : (size + 9) / 10;

    /// <summary>Adds without passing the end.</summary>
    public static long Add(long one, long two) => one > long.MaxValue - two ? long.MaxValue : one + two;

    /// <summary>Multiplies without passing the end.</summary>
    public static long Multiply(long one, long two) => one != 0 && two > long.MaxValue / one ? long.MaxValue : one * two;
}
