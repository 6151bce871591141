using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>JSON merge patch (RFC 7386): maps are merged, null takes a field out, everything else is replaced.</summary>
public static class MergePatch
{
    /// <summary>The patched tree, which shares nothing that can change with its inputs.</summary>
    public static Value Apply(Value target, Value patch)
    {
        if (patch is not MapValue changes)
        {
            return patch.Clone();
        }

        var source = target as MapValue;
        var result = new MapValue((source?.Count ?? 0) + changes.Count);
        foreach (ref readonly var field in (source ?? new MapValue()).AsSpan())
        {
            if (!changes.TryGet(field.Key, out var change))
            {
                result[field.Key] = field.Value.Clone();
            }
            else if (change is not NullValue)
            {
                result[field.Key] = Apply(field.Value, change);
            }
        }

        foreach (ref readonly var field in changes.AsSpan())
        {
            if (field.Value is not NullValue && source?.Has(field.Key) != true)
            {
                result[field.Key] = Apply(NullValue.Instance, field.Value);
            }
        }

        return result;
    }
}
