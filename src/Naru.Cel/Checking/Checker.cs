using Naru.Cel.Functions;
using Naru.Cel.Syntax;
using Naru.Cel.Types;

namespace Naru.Cel.Checking;

/// <summary>Finds the type of every node, and what does not fit. Where types are open it lets everything pass: evaluation looks again.</summary>
internal sealed partial class Checker(CelEnvironment environment)
{
    private static readonly Dictionary<string, CelType> TypeNames = new()
    {
        ["bool"] = CelType.Bool, ["int"] = CelType.Int, ["uint"] = CelType.Uint, ["double"] = CelType.Double, ["string"] = CelType.Text, ["bytes"] = CelType.Bytes,
        ["list"] = CelType.AnyList, ["map"] = CelType.AnyMap, ["null_type"] = CelType.Null, ["type"] = CelType.Type, ["dyn"] = CelType.Dyn,
        ["google.protobuf.Timestamp"] = CelType.Timestamp, ["google.protobuf.Duration"] = CelType.Duration,
        ["optional_type"] = Runtime.RuntimeTypes.AnyOptional, ["kubernetes.URL"] = Runtime.RuntimeTypes.Url, ["net.IP"] = Runtime.RuntimeTypes.Ip, ["net.CIDR"] = Runtime.RuntimeTypes.Cidr,
        ["kubernetes.Quantity"] = Runtime.RuntimeTypes.Amount, ["kubernetes.Semver"] = Runtime.RuntimeTypes.Version,
    };

    private readonly List<(string Name, CelType Type)> _scope = [];
    private readonly List<CelIssue> _issues = [];
    private int _mixed;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<CelIssue> Issues => _issues;

    /// <summary>How many local variables there are at most.</summary>
    public int Slots { get; private set; }

    /// <summary>Checks a tree.</summary>
    public CelType Check(Expression node) => node.Type = node switch
    {
        Literal literal => Runtime.RuntimeTypes.Of(literal.Value),
        Identifier identifier => CheckIdentifier(identifier),
        Selection selection => CheckSelection(selection),
        Call call => CheckCall(call),
        Junction junction => CheckJunction(junction),
        ListLiteral list => CheckList(list),
        MapLiteral map => CheckMap(map),
        ObjectLiteral made => CheckObject(made),
        Loop loop => CheckLoop(loop),
        Binding binding => CheckBinding(binding),
        _ => CelType.Dyn,
    };

    private CelType CheckIdentifier(Identifier node)
    {
        if (Local(node.Name) is var slot and >= 0)
        {
            node.Slot = slot;
            return _scope[slot].Type;
        }

        var name = node.Name.TrimStart('.');
        if (environment.Variable(name) is { } type)
        {
            return type;
        }

        if (TypeNames.TryGetValue(name, out var named))
        {
            node.Constant = named;
            return CelType.Type;
        }

        return Undeclared(node.Position, name);
    }

    private CelType CheckSelection(Selection node)
    {
        if (!node.IsTest && Qualified(node) is { } name && TypeNames.TryGetValue(name, out var named))
        {
            node.Constant = named;
            return CelType.Type;
        }

        if (!node.IsTest && Dotted(node) is { } dotted && environment.Variable(dotted) is { } variable)
        {
            node.Variable = dotted;
            return variable;
        }

        var operand = Check(node.Operand);
        var optional = operand.Kind == CelKind.Optional;
        while (operand.Kind == CelKind.Optional)
        {
            operand = operand.Element;
        }

        var field = FieldOf(operand, node);
        return node.IsTest ? CelType.Bool : optional || node.IsOptional ? CelType.OptionalOf(field) : field;
    }

    private CelType FieldOf(CelType operand, Selection node)
    {
        switch (operand.Kind)
        {
            case CelKind.Dyn:
                return CelType.Dyn;
            case CelKind.Map:
                return operand.Element;
            case CelKind.Object:
                return operand.Fields!.Field(node.Field) ?? Fail(node.Position, $"undefined field '{node.Field}'");
            default:
                return Fail(node.Position, $"type '{operand}' does not support field selection");
        }
    }

    private CelType CheckCall(Call node)
    {
        if (node.Target is { } target)
        {
            if (Qualified(target) is { } space && FunctionBook.Kubernetes.Find($"{space}.{node.Function}").Count > 0)
            {
                node.Function = $"{space}.{node.Function}";
                node.Target = null;
            }
            else
            {
                Check(target);
            }
        }

        // What is formatted may be of any types.
        var mixes = node.Function == "format" ? 1 : 0;
        _mixed += mixes;
        foreach (var argument in node.Arguments)
        {
            Check(argument);
        }

        _mixed -= mixes;
        return node.Function == "_?_:_" ? CheckChoice(node) : Resolve(node);
    }

    private CelType CheckChoice(Call node)
    {
        var (condition, yes, no) = (node.Arguments[0].Type, node.Arguments[1].Type, node.Arguments[2].Type);
        return condition.Kind is CelKind.Bool or CelKind.Dyn && TypeMatch.Join(yes, no) is { } type ? type : NoOverload(node, [condition, yes, no]);
    }

    private CelType Resolve(Call node)
    {
        var overloads = FunctionBook.Kubernetes.Find(node.Function);
        if (overloads.Count == 0)
        {
            return Undeclared(node.Position, node.Function);
        }

        CelType[] given = [.. node.Target is null ? [] : (CelType[])[node.Target.Type], .. node.Arguments.Select(static argument => argument.Type)];
        CelType? result = null;
        foreach (var overload in overloads)
        {
            if (overload.IsMember != (node.Target is not null) || overload.Parameters.Length != given.Length)
            {
                continue;
            }

            var match = new TypeMatch();
            if (overload.Parameters.Zip(given).All(pair => match.Fits(pair.First, pair.Second)))
            {
                var type = match.Fill(overload.Result);
                result = result is null || result.Same(type) ? type : CelType.Dyn;
            }
        }

        return result ?? NoOverload(node, given);
    }

    private CelType NoOverload(Call node, CelType[] given)
    {
        var shown = node.Target is null ? $"({string.Join(", ", (object[])given)})" : $"{given[0]}.({string.Join(", ", given.Skip(1))})";
        return Fail(node.Position, $"found no matching overload for '{node.Function}' applied to '{shown}'");
    }

    private CelType CheckJunction(Junction node)
    {
        foreach (var term in node.Terms)
        {
            if (Check(term).Kind is not (CelKind.Bool or CelKind.Dyn))
            {
                Fail(term.Position, $"expected type 'bool' but found '{term.Type}'");
            }
        }

        return CelType.Bool;
    }

    // A chain of names whose first is no variable.
    private string? Qualified(Expression node) => node switch
    {
        Identifier identifier => Local(identifier.Name) < 0 && environment.Variable(identifier.Name.TrimStart('.')) is null ? identifier.Name.TrimStart('.') : null,
        Selection { IsTest: false, IsOptional: false } selection => Qualified(selection.Operand) is { } outer ? $"{outer}.{selection.Field}" : null,
        _ => null,
    };

    // A chain of names that may be one variable (authorizer.requestResource).
    private string? Dotted(Expression node) => node switch
    {
        Identifier identifier => Local(identifier.Name) < 0 ? identifier.Name.TrimStart('.') : null,
        Selection { IsTest: false, IsOptional: false } selection => Dotted(selection.Operand) is { } outer ? $"{outer}.{selection.Field}" : null,
        _ => null,
    };

    private int Local(string name) => _scope.FindLastIndex(one => one.Name == name);

    private CelType Undeclared(int position, string name) => Fail(position, $"undeclared reference to '{name}' (in container '')");

    private CelType Fail(int position, string message)
    {
        if (_issues.Count < 32)
        {
            _issues.Add(new CelIssue(position, message));
        }

        return CelType.Dyn;
    }
}
