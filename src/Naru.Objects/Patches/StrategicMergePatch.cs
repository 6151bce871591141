using Naru.Core.Errors;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>Kubernetes' strategic merge patch: maps are merged as by <see cref="MergePatch"/>, lists by the rules of their types, and directives in the patch
/// (<c>$patch</c>, <c>$retainKeys</c>, <c>$deleteFromPrimitiveList/…</c>, <c>$setElementOrder/…</c>) say what merging alone cannot.</summary>
public static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    internal const string RetainKeys = "$retainKeys";
    internal const string DeletePrefix = "$deleteFromPrimitiveList/";
    internal const string OrderPrefix = "$setElementOrder/";

    /// <summary>The patched tree, which shares nothing that can change with its inputs.</summary>
    /// <param name="target">What stands.</param>
    /// <param name="patch">What changes.</param>
    /// <param name="schema">The type of both.</param>
    /// <exception cref="NaruException">InvalidArgument: a directive is wrong, or an entry lacks its merge key.</exception>
    public static MapValue Apply(MapValue target, MapValue patch, ISchema schema) => Merge(target, patch, schema);

    internal static MapValue Merge(MapValue target, MapValue patch, ISchema? schema)
    {
        if (patch.TryGet(Directive, out var directive))
        {
            switch ((directive as TextValue)?.Text)
            {
                case "replace":
                    return Plain(patch, withNull: false);
                case "delete":
                    return [];
                case "merge":
                    break;
                default:
                    throw NaruException.Invalid($"unknown patch type found: {directive}");
            }
        }

        var result = Retained(target, patch);
        MergeFields(result, patch, schema);
        StrategicOrder.Apply(result, target, patch, schema);
        return result;
    }

    /// <summary>The type of a field: named, or behind a free key.</summary>
    internal static ISchema? FieldOf(ISchema? schema, string name) => schema?.Field(name) ?? (schema is { Kind: SchemaKind.Map } ? schema.Element : null);

    /// <summary>A copy without directives and, outside lists, without nulls: what a patch means where nothing stands yet.</summary>
    internal static Value Plain(Value value) => value switch
    {
        MapValue map => Plain(map, withNull: false),
        ListValue list => new ListValue(list.Where(static item => item is not MapValue map || !map.Has(Directive)).Select(static item => Plain(item))),
        _ => value,
    };

    private static MapValue Plain(MapValue map, bool withNull)
    {
        var result = new MapValue(map.Count);
        if (map.Text(Directive) == "delete")
        {
            return result;
        }

        foreach (ref readonly var field in map.AsSpan())
        {
            if (!IsDirective(field.Key) && (withNull || field.Value is not NullValue))
            {
                result[field.Key] = Plain(field.Value);
            }
        }

        return result;
    }

    private static bool IsDirective(string name) => name.StartsWith('$')
        && (name is Directive or RetainKeys || name.StartsWith(DeletePrefix, StringComparison.Ordinal) || name.StartsWith(OrderPrefix, StringComparison.Ordinal));

    private static void MergeFields(MapValue result, MapValue patch, ISchema? schema)
    {
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (ref readonly var field in patch.AsSpan())
        {
            if (field.Key.StartsWith(DeletePrefix, StringComparison.Ordinal))
            {
                StrategicLists.DeletePrimitives(result, field.Key[DeletePrefix.Length..], field.Value);
            }
            else if (field.Value is NullValue && !IsDirective(field.Key) && result.Has(field.Key))
            {
                gone.Add(field.Key);
            }
        }

        if (gone.Count > 0)
        {
            Drop(result, name => gone.Contains(name));
        }

        foreach (ref readonly var field in patch.AsSpan())
        {
            if (field.Value is not NullValue && !IsDirective(field.Key))
            {
                result[field.Key] = MergeField(result[field.Key], field.Value, FieldOf(schema, field.Key));
            }
        }
    }

    private static Value MergeField(Value? current, Value change, ISchema? schema)
    {
        switch (change)
        {
            case MapValue map when current is MapValue there:
                var replaces = schema is not null && schema.PatchStrategy.HasFlag(PatchStrategies.Replace) && !map.Has(Directive);
                return replaces ? Plain(map) : Merge(there, map, schema);
            case ListValue list when current is ListValue there && schema is not null && schema.PatchStrategy.HasFlag(PatchStrategies.Merge):
                return StrategicLists.Merge(there, list, schema);
            default:
                return Plain(change);
        }
    }

    // A copy of the target; with $retainKeys, of the fields that it names.
    private static MapValue Retained(MapValue target, MapValue patch)
    {
        if (!patch.TryGet(RetainKeys, out var retain))
        {
            return target.CloneMap();
        }

        if (retain is not ListValue keys || keys.Any(static key => key is not TextValue))
        {
            throw NaruException.Invalid("invalid patch format of retainKeys: must be a list of field names");
        }

        var names = keys.Texts().ToHashSet(StringComparer.Ordinal);
        foreach (ref readonly var field in patch.AsSpan())
        {
            if (field.Value is not NullValue && !IsDirective(field.Key) && !names.Contains(field.Key))
            {
                throw NaruException.Invalid($"invalid patch format of retainKeys: \"{field.Key}\" is set but not retained");
            }
        }

        var result = new MapValue(names.Count);
        foreach (ref readonly var field in target.AsSpan())
        {
            if (names.Contains(field.Key))
            {
                result[field.Key] = field.Value.Clone();
            }
        }

        return result;
    }

    private static void Drop(MapValue map, Predicate<string> match)
    {
        var kept = map.Where(field => !match(field.Key)).ToArray();
        map.Clear();
        foreach (var (name, value) in kept)
        {
            map[name] = value;
        }
    }
}
