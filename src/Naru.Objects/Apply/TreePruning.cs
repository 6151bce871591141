using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Takes out what an applier set before, sets no longer, and nobody else owns.</summary>
internal static class TreePruning
{
    /// <summary>Prunes an object in place. Its identity stays, whoever owns it.</summary>
    public static void PruneObject(MapValue body, ISchema? schema, MapValue last, MapValue owned)
    {
        var metadata = body["metadata"];
        Prune(body, schema, last, owned);
        if (metadata is not null && !body.Has("metadata"))
        {
            Prune(metadata, schema?.Field("metadata"), last.Part("f:metadata")!, null);
            body["metadata"] = metadata;
        }
    }

    /// <summary>Prunes a tree in place.</summary>
    /// <param name="value">The merged tree.</param>
    /// <param name="schema">Its type.</param>
    /// <param name="last">What the applier owned before.</param>
    /// <param name="owned">What anybody owns now.</param>
    private static void Prune(Value? value, ISchema? schema, MapValue last, MapValue? owned)
    {
        switch (value)
        {
            case MapValue map when schema?.IsAtomic != true:
                foreach (ref readonly var part in last.AsSpan())
                {
                    if (part.Key.StartsWith("f:", StringComparison.Ordinal) && part.Value is MapValue node)
                    {
                        PruneField(map, part.Key, schema, node, owned);
                    }
                }

                break;
            case ListValue list when FieldKeys.IsGranular(schema):
                list.RemoveAll(item => IsGone(item, schema!, last, owned));
                break;
        }
    }

    private static void PruneField(MapValue map, string step, ISchema? schema, MapValue last, MapValue? owned)
    {
        var name = step[2..];
        if (owned.Part(step) is not { } still)
        {
            map.Remove(name);
        }
        else if (last.Count > 0)
        {
            Prune(map[name], FieldKeys.Of(schema, name), last, still);
        }
    }

    private static bool IsGone(Value item, ISchema schema, MapValue last, MapValue? owned)
    {
        var step = FieldKeys.Item(item, schema);
        if (last.Part(step) is not { } node)
        {
            return false;
        }

        var still = owned.Part(step);
        if (FieldSets.Holds(node) && (still is null || !FieldSets.Holds(still)))
        {
            return true;
        }

        Prune(item, schema.Element, node, still);
        return false;
    }
}
