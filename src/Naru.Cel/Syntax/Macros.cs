namespace Naru.Cel.Syntax;

/// <summary>Calls that are no calls: they name variables or look at how their arguments are written.</summary>
internal static class Macros
{
    private static readonly Dictionary<string, (LoopKind One, LoopKind Two, bool MayFilter)> Loops = new()
    {
        ["all"] = (LoopKind.All, LoopKind.All, false),
        ["exists"] = (LoopKind.Exists, LoopKind.Exists, false),
        ["exists_one"] = (LoopKind.ExistsOne, LoopKind.ExistsOne, false),
        ["existsOne"] = (LoopKind.ExistsOne, LoopKind.ExistsOne, false),
        ["map"] = (LoopKind.Map, LoopKind.Map, true),
        ["filter"] = (LoopKind.Filter, LoopKind.Filter, false),
        ["transformList"] = (LoopKind.TransformList, LoopKind.TransformList, true),
        ["transformMap"] = (LoopKind.TransformMap, LoopKind.TransformMap, true),
        ["transformMapEntry"] = (LoopKind.TransformMapEntry, LoopKind.TransformMapEntry, true),
    };

    /// <summary>What the call stands for; null if it is a call.</summary>
    public static Expression? Expand(int position, string function, Expression? target, List<Expression> arguments)
    {
        if (target is null)
        {
            return function == "has" && arguments.Count == 1 ? Has(position, arguments[0]) : null;
        }

        if (function == "bind" && arguments.Count == 3 && target is Identifier { Name: "cel" })
        {
            return new Binding(position, Variable(arguments[0]), arguments[1], arguments[2], false, false);
        }

        if (function is "optMap" or "optFlatMap" && arguments.Count == 2)
        {
            return new Binding(position, Variable(arguments[0]), target, arguments[1], true, function == "optFlatMap");
        }

        return Loops.TryGetValue(function, out var loop) ? ExpandLoop(position, function, loop, target, arguments) : null;
    }

    private static Selection Has(int position, Expression argument) => argument is Selection { IsTest: false } selection
        ? new Selection(position, selection.Operand, selection.Field, true, selection.IsOptional)
        : throw new CelSyntaxException(argument.Position, "invalid argument to has() macro");

    private static Loop? ExpandLoop(int position, string function, (LoopKind One, LoopKind Two, bool MayFilter) loop, Expression target, List<Expression> arguments)
    {
        var onlyTwo = function.StartsWith("transform", StringComparison.Ordinal);
        var count = arguments.Count;
        if (!onlyTwo && (count == 2 || (count == 3 && loop.MayFilter)))
        {
            return new Loop(position, loop.One, target, Variable(arguments[0]), null, count == 3 ? arguments[1] : null, arguments[^1]);
        }

        if (function is "filter" or "map" or "exists_one" || count < 3 || count > (loop.MayFilter ? 4 : 3))
        {
            return null;
        }

        var (first, second) = (Variable(arguments[0]), Variable(arguments[1]));
        if (first == second)
        {
            throw new CelSyntaxException(arguments[1].Position, $"duplicate variable name: {second}");
        }

        return new Loop(position, loop.Two, target, first, second, count == 4 ? arguments[2] : null, arguments[^1]);
    }

    private static string Variable(Expression argument) => argument is Identifier { Name: not ("__result__" or "@result") } identifier
        ? identifier.Name.TrimStart('.')
        : throw new CelSyntaxException(argument.Position, "argument must be a simple name");
}
