using Naru.Cel.Syntax;
using Naru.Cel.Types;

namespace Naru.Cel.Checking;

/// <summary>Types of lists, maps, objects and loops.</summary>
internal sealed partial class Checker
{
    private CelType CheckList(ListLiteral node)
    {
        CelType? element = null;
        for (var index = 0; index < node.Items.Count; index++)
        {
            var item = node.Items[index];
            var type = Check(item);
            element = JoinItem(element, node.Optional.Contains(index) ? Unwrap(type, item) : type, item);
        }

        return CelType.ListOf(element ?? CelType.Dyn).Bounded(node.Items.Count);
    }

    private CelType CheckMap(MapLiteral node)
    {
        CelType? key = null;
        CelType? value = null;
        foreach (var entry in node.Entries)
        {
            key = JoinItem(key, Check(entry.Key), entry.Key);
            if (key.Kind is not (CelKind.Text or CelKind.Int or CelKind.Uint or CelKind.Bool or CelKind.Dyn))
            {
                Fail(entry.Key.Position, $"unsupported key type: {key}");
            }

            var type = Check(entry.Value);
            value = JoinItem(value, entry.IsOptional ? Unwrap(type, entry.Value) : type, entry.Value);
        }

        return CelType.MapOf(key ?? CelType.Dyn, value ?? CelType.Dyn).Bounded(node.Entries.Count);
    }

    private CelType CheckObject(ObjectLiteral node)
    {
        var fields = environment.ObjectType(node.TypeName);
        if (fields is null)
        {
            Undeclared(node.Position, node.TypeName);
        }

        foreach (var entry in node.Fields)
        {
            var type = Check(entry.Value);
            type = entry.IsOptional ? Unwrap(type, entry.Value) : type;
            var name = (string)((Literal)entry.Key).Value;
            if (fields is not null && fields.Field(name) is not { } wanted)
            {
                Fail(entry.Key.Position, $"undefined field '{name}'");
            }
            else if (fields?.Field(name) is { } known && !TypeMatch.Assignable(known, type))
            {
                Fail(entry.Value.Position, $"expected type of field '{name}' is '{known}' but provided type is '{type}'");
            }
        }

        return fields is null ? CelType.Dyn : CelType.ObjectOf(node.TypeName, fields);
    }

    private CelType CheckLoop(Loop node)
    {
        var range = Check(node.Range);
        var (first, second) = Variables(node, range);
        var start = _scope.Count;
        node.Slot = start;
        _scope.Add((node.First, first));
        if (node.Second is not null)
        {
            _scope.Add((node.Second, second));
        }

        Slots = Math.Max(Slots, _scope.Count);
        if (node.Filter is not null)
        {
            WantBool(node.Filter);
        }

        var body = node.Kind is LoopKind.All or LoopKind.Exists or LoopKind.ExistsOne or LoopKind.Filter ? WantBool(node.Body) : Check(node.Body);
        _scope.RemoveRange(start, _scope.Count - start);
        return node.Kind switch
        {
            LoopKind.Map or LoopKind.TransformList => CelType.ListOf(body).Bounded(range.MaxSize),
            LoopKind.Filter => CelType.ListOf(first).Bounded(range.MaxSize),
            LoopKind.TransformMap => CelType.MapOf(first, body).Bounded(range.MaxSize),
            LoopKind.TransformMapEntry => body.Kind == CelKind.Map ? CelType.MapOf(body.Parameters[0], body.Parameters[1]).Bounded(range.MaxSize) : body.Kind == CelKind.Dyn ? CelType.Dyn : Fail(node.Body.Position, $"expected type 'map' but found '{body}'"),
            _ => CelType.Bool,
        };
    }

    private (CelType First, CelType Second) Variables(Loop node, CelType range)
    {
        switch (range.Kind)
        {
            case CelKind.Dyn:
                return (CelType.Dyn, CelType.Dyn);
            case CelKind.List:
                return node.Second is null ? (range.Element, CelType.Dyn) : (CelType.Int, range.Element);
            case CelKind.Map:
                return (range.Parameters[0], range.Element);
            default:
                Fail(node.Range.Position, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)");
                return (CelType.Dyn, CelType.Dyn);
        }
    }

    private CelType CheckBinding(Binding node)
    {
        var value = Check(node.Value);
        if (node.IsOptional)
        {
            value = value.Kind is CelKind.Optional or CelKind.Dyn ? value.Element : Fail(node.Value.Position, $"found no matching overload for '{(node.IsFlat ? "optFlatMap" : "optMap")}' applied to '{value}'");
        }

        node.Slot = _scope.Count;
        _scope.Add((node.Name, value));
        Slots = Math.Max(Slots, _scope.Count);
        var body = Check(node.Body);
        _scope.RemoveAt(node.Slot);
        if (!node.IsOptional)
        {
            return body;
        }

        return !node.IsFlat ? CelType.OptionalOf(body) : body.Kind is CelKind.Optional or CelKind.Dyn ? body : Fail(node.Body.Position, $"expected type 'optional_type' but found '{body}'");
    }

    private CelType WantBool(Expression node)
    {
        var type = Check(node);
        return type.Kind is CelKind.Bool or CelKind.Dyn ? type : Fail(node.Position, $"expected type 'bool' but found '{type}'");
    }

    private CelType JoinItem(CelType? before, CelType type, Expression item)
    {
        if (before is null)
        {
            return type;
        }

        return TypeMatch.Join(before, type) ?? (_mixed > 0 ? CelType.Dyn : Fail(item.Position, $"expected type '{before}' but found '{type}'"));
    }

    private CelType Unwrap(CelType type, Expression item) =>
        type.Kind is CelKind.Optional or CelKind.Dyn ? type.Element : Fail(item.Position, $"expected type 'optional_type({type})' but found '{type}'");
}
