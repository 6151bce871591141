using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Whether a write would change anything: times in managedFields do not count, for a write that changes nothing must take no revision.</summary>
internal static class SameTrees
{
    public static bool IgnoringTimes(MapValue left, MapValue right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var (name, value) in left.AsSpan())
        {
            var other = right[name];
            if (!(name == "metadata" ? SameMetadata((MapValue)value, other as MapValue) : value.DeepEquals(other)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameMetadata(MapValue left, MapValue? right)
    {
        if (right is null || left.Count != right.Count)
        {
            return false;
        }

        foreach (var (name, value) in left.AsSpan())
        {
            if (name != "managedFields" ? !value.DeepEquals(right[name]) : !SameManagers(value as ListValue, right[name] as ListValue))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameManagers(ListValue? left, ListValue? right)
    {
        if (left is null || right is null || left.Count != right.Count)
        {
            return false;
        }

        return left.Maps().Zip(right.Maps()).All(static pair =>
            pair.First.Count == pair.Second.Count && pair.First.All(field => field.Key == "time" || field.Value.DeepEquals(pair.Second[field.Key])));
    }
}
