using Naru.Cel.Types;

namespace Naru.Cel.Syntax;

/// <summary>A node of an expression. The checker notes its type. Trees are walked by recursion, so their depth is bounded as they grow.</summary>
internal abstract class Expression
{
    /// <summary>Deepest tree.</summary>
    public const int MaxDepth = 600;

    protected Expression(int position, params IEnumerable<Expression?> children)
    {
        Position = position;
        foreach (var child in children)
        {
            Depth = Math.Max(Depth, child is null ? 0 : child.Depth + 1);
        }

        if (Depth > MaxDepth)
        {
            throw new CelSyntaxException(position, $"expression recursion limit exceeded: {MaxDepth}");
        }
    }

    public int Position { get; }

    public int Depth { get; }

    public CelType Type { get; set; } = CelType.Dyn;
}

/// <summary>A constant.</summary>
internal sealed class Literal(int position, object value) : Expression(position)
{
    public object Value { get; } = value;
}

/// <summary>A variable, or a type by its name.</summary>
internal sealed class Identifier(int position, string name) : Expression(position)
{
    public string Name { get; } = name;

    /// <summary>Place among the local variables; -1 for a variable of the environment.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Set by the checker if the name is a constant: a type.</summary>
    public object? Constant { get; set; }
}

/// <summary><c>a.b</c>, <c>a.?b</c> or <c>has(a.b)</c>.</summary>
internal sealed class Selection(int position, Expression operand, string field, bool test, bool optional) : Expression(position, operand)
{
    public Expression Operand { get; } = operand;

    public string Field { get; } = field;

    public bool IsTest { get; } = test;

    public bool IsOptional { get; } = optional;

    /// <summary>Set by the checker if the whole chain of names is a constant: a type.</summary>
    public object? Constant { get; set; }

    /// <summary>Set by the checker if the whole chain of names is one variable.</summary>
    public string? Variable { get; set; }
}

/// <summary>A function or operator (<c>_+_</c>). A target makes it a member call.</summary>
internal sealed class Call(int position, string function, Expression? target, Expression[] arguments) : Expression(position, [target, .. arguments])
{
    public string Function { get; set; } = function;

    public Expression? Target { get; set; } = target;

    public Expression[] Arguments { get; } = arguments;
}

/// <summary>Terms joined by <c>&amp;&amp;</c> or <c>||</c>.</summary>
internal sealed class Junction(int position, bool all, List<Expression> terms) : Expression(position, terms)
{
    public bool IsAnd { get; } = all;

    public List<Expression> Terms { get; } = terms;
}

/// <summary><c>[a, ?b]</c>.</summary>
internal sealed class ListLiteral(int position, List<Expression> items, HashSet<int> optional) : Expression(position, items)
{
    public List<Expression> Items { get; } = items;

    public HashSet<int> Optional { get; } = optional;
}

/// <summary>One entry of a map or field of an object.</summary>
internal sealed record LiteralEntry(Expression Key, Expression Value, bool IsOptional);

/// <summary><c>{a: b}</c>.</summary>
internal sealed class MapLiteral(int position, List<LiteralEntry> entries) : Expression(position, [.. entries.Select(static one => one.Key), .. entries.Select(static one => one.Value)])
{
    public List<LiteralEntry> Entries { get; } = entries;
}

/// <summary><c>Object.spec{a: b}</c>; keys are literals of text.</summary>
internal sealed class ObjectLiteral(int position, string typeName, List<LiteralEntry> fields) : Expression(position, fields.Select(static one => one.Value))
{
    public string TypeName { get; } = typeName;

    public List<LiteralEntry> Fields { get; } = fields;
}

/// <summary>What a loop makes of its range.</summary>
internal enum LoopKind
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformList,
    TransformMap,
    TransformMapEntry,
}

/// <summary>A macro that walks a list or map.</summary>
internal sealed class Loop(int position, LoopKind kind, Expression range, string first, string? second, Expression? filter, Expression body) : Expression(position, range, filter, body)
{
    public LoopKind Kind { get; } = kind;

    public Expression Range { get; } = range;

    public string First { get; } = first;

    public string? Second { get; } = second;

    public Expression? Filter { get; } = filter;

    public Expression Body { get; } = body;

    public int Slot { get; set; }
}

/// <summary><c>cel.bind(name, value, body)</c>, and with <see cref="IsOptional"/> <c>value.optMap(name, body)</c>; with <see cref="IsFlat"/> <c>optFlatMap</c>.</summary>
internal sealed class Binding(int position, string name, Expression value, Expression body, bool optional, bool flat) : Expression(position, value, body)
{
    public string Name { get; } = name;

    public Expression Value { get; } = value;

    public Expression Body { get; } = body;

    public bool IsOptional { get; } = optional;

    public bool IsFlat { get; } = flat;

    public int Slot { get; set; }
}
