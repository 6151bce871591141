using Naru.Cel.Functions;
using Naru.Cel.Runtime;
using Naru.Cel.Syntax;

namespace Naru.Cel.Evaluation;

/// <summary>Makes steps of a checked tree.</summary>
internal static class Planner
{
    public static Step Plan(Expression node) => node switch
    {
        Literal literal => Constant(literal.Value),
        Identifier { Constant: { } constant } => Constant(constant),
        Identifier identifier => PlanIdentifier(identifier),
        Selection { Constant: { } constant } => Constant(constant),
        Selection { Variable: { } variable } => Variable(variable),
        Selection selection => PlanSelection(selection),
        Call call => PlanCall(call),
        Junction junction => PlanJunction(junction),
        ListLiteral list => CompoundSteps.List([.. list.Items.Select(Plan)], list.Optional),
        MapLiteral map => CompoundSteps.Map([.. map.Entries.Select(static entry => (Plan(entry.Key), Plan(entry.Value), entry.IsOptional))]),
        ObjectLiteral made => CompoundSteps.Object(made.TypeName, [.. made.Fields.Select(static entry => ((string)((Literal)entry.Key).Value, Plan(entry.Value), entry.IsOptional))]),
        Loop loop => LoopSteps.Plan(loop),
        Binding binding => PlanBinding(binding),
        _ => throw new InvalidOperationException($"no step for {node.GetType().Name}"),
    };

    private static Step Constant(object value) => _ => value;

    private static Step PlanIdentifier(Identifier node)
    {
        var (slot, name) = (node.Slot, node.Name.TrimStart('.'));
        return slot < 0 ? Variable(name) : frame =>
        {
            frame.Cost.Charge(1);
            return frame.Slots[slot];
        };
    }

    private static Step Variable(string name) => frame =>
    {
        frame.Cost.Charge(1);
        return frame.Variables.TryGetValue(name, out var value) ? value : new CelError($"no such attribute(s): {name}");
    };

    private static Step PlanSelection(Selection node)
    {
        var (operand, field) = (Plan(node.Operand), node.Field);
        if (node.IsTest)
        {
            return frame => Test(operand(frame), field, frame);
        }

        if (node.IsOptional)
        {
            return frame => SelectOptional(operand(frame), field, frame);
        }

        return frame =>
        {
            frame.Cost.Charge(1);
            return operand(frame) switch
            {
                CelMap map => map.Field(field) ?? CelError.NoSuchKey(field),
                CelError error => error,
                CelOptional optional => SelectOptional(optional, field, frame),
                _ => CelError.NoOverload,
            };
        };
    }

    private static object Test(object operand, string field, Frame frame)
    {
        frame.Cost.Charge(1);
        return operand switch
        {
            CelMap map => map.HasField(field),
            CelOptional { Value: CelMap map } => map.HasField(field),
            CelOptional { Value: null } => false,
            CelError error => error,
            _ => CelError.NoOverload,
        };
    }

    private static object SelectOptional(object operand, string field, Frame frame)
    {
        frame.Cost.Charge(1);
        return operand switch
        {
            CelMap map => Wrap(map.Field(field)),
            CelOptional { Value: CelMap map } => Wrap(map.Field(field)),
            CelOptional { Value: null } => CelOptional.None,
            CelError error => error,
            _ => CelError.NoOverload,
        };
    }

    private static object Wrap(object? value) => value is null ? CelOptional.None : value is CelError ? value : new CelOptional(value);

    private static Step PlanCall(Call node)
    {
        Step[] arguments = [.. node.Target is null ? [] : (Step[])[Plan(node.Target)], .. node.Arguments.Select(Plan)];
        switch (node.Function)
        {
            case "_?_:_":
                return frame => arguments[0](frame) switch
                {
                    true => arguments[1](frame),
                    false => arguments[2](frame),
                    CelError error => error,
                    _ => CelError.NoOverload,
                };
            case "or" or "orValue" when node.Target is not null && arguments.Length == 2:
                return PlanAlternative(node.Function == "or", arguments[0], arguments[1]);
        }

        var member = node.Target is not null;
        Overload[] overloads = [.. FunctionBook.Kubernetes.Find(node.Function).Where(one => one.IsMember == member && one.Parameters.Length == arguments.Length)];
        return frame => Invoke(overloads, arguments, frame);
    }

    private static Step PlanAlternative(bool isOr, Step value, Step other) => frame =>
    {
        frame.Cost.Charge(1);
        return value(frame) switch
        {
            CelOptional { Value: { } inner } optional => isOr ? optional : inner,
            CelOptional => other(frame),
            CelError error => error,
            _ => CelError.NoOverload,
        };
    };

    private static object Invoke(Overload[] overloads, Step[] steps, Frame frame)
    {
        var arguments = new object[steps.Length];
        for (var index = 0; index < steps.Length; index++)
        {
            arguments[index] = steps[index](frame);
            if (arguments[index] is CelError)
            {
                return arguments[index];
            }
        }

        frame.Cost.Charge(1);
        foreach (var overload in overloads)
        {
            if (overload.Takes(arguments))
            {
                return overload.Body(arguments, frame.Cost);
            }
        }

        return CelError.NoOverload;
    }

    // One term that decides is enough, whatever the others failed with.
    private static Step PlanJunction(Junction node)
    {
        var (and, terms) = (node.IsAnd, node.Terms.Select(Plan).ToArray());
        return frame =>
        {
            object? failure = null;
            foreach (var term in terms)
            {
                var value = term(frame);
                if (value is bool truth)
                {
                    if (truth != and)
                    {
                        return truth;
                    }
                }
                else
                {
                    failure ??= value is CelError ? value : CelError.NoOverload;
                }
            }

            return failure ?? and;
        };
    }

    private static Step PlanBinding(Binding node)
    {
        var (slot, value, body, optional, flat) = (node.Slot, Plan(node.Value), Plan(node.Body), node.IsOptional, node.IsFlat);
        return frame =>
        {
            var bound = value(frame);
            if (optional)
            {
                switch (bound)
                {
                    case CelOptional { Value: { } inner }:
                        bound = inner;
                        break;
                    case CelOptional or CelError:
                        return bound;
                    default:
                        return CelError.NoOverload;
                }
            }

            frame.Slots[slot] = bound;
            var result = body(frame);
            return optional && !flat && result is not CelError ? new CelOptional(result) : result;
        };
    }
}
