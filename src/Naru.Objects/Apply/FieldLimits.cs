using System.Collections.Frozen;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Fields that nobody owns: the object's identity, and what a request cannot change.</summary>
internal static class FieldLimits
{
    private static readonly FrozenSet<string> Metadata = new[]
    {
        "f:name", "f:namespace", "f:uid", "f:resourceVersion", "f:generation", "f:creationTimestamp", "f:deletionTimestamp", "f:deletionGracePeriodSeconds", "f:managedFields", "f:selfLink",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Takes them out of a set that nobody shares yet.</summary>
    public static MapValue Strip(MapValue set, IReadOnlyList<string> reset)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (set.Part("f:metadata") is { } metadata)
        {
            metadata.Remove(FieldKeys.Self);
            for (var index = metadata.Count - 1; index >= 0; index--)
            {
                var step = metadata.AsSpan()[index].Key;
                if (Metadata.Contains(step))
                {
                    metadata.Remove(step);
                }
            }

            if (metadata.Count == 0)
            {
                set.Remove("f:metadata");
            }
        }

        for (var index = 0; index < reset.Count; index++)
        {
            FieldSets.Cut(set, reset[index].Split('.'));
        }

        return set;
    }

    /// <summary>A copy of a tree without the fields that the request cannot change.</summary>
    public static MapValue WithoutReset(MapValue tree, IReadOnlyList<string> reset)
    {
        var copy = tree.CloneMap();
        foreach (var path in reset)
        {
            var names = path.Split('.');
            if (names.Length == 1)
            {
                copy.Remove(path);
            }
            else
            {
                copy.Map(names.AsSpan(0, names.Length - 1))?.Remove(names[^1]);
            }
        }

        return copy;
    }
}
