using Naru.Objects.Schemas;

namespace Naru.Cel.Runtime;

/// <summary>Adds lists; those that are sets or maps by their schema keep every entry once.</summary>
internal static class SetLists
{
    /// <summary>Both lists' entries.</summary>
    public static CelList Add(CelList one, CelList two, CostMeter cost)
    {
        cost.ChargeWalk((long)one.Count + two.Count);
        var items = new List<object>(one.Items());
        foreach (var item in two.Items())
        {
            var place = one.Type.ListType switch
            {
                ListSemantics.Set => Find(one.Count, index => Equality.Equal(items[index], item, cost)),
                ListSemantics.Map => Find(one.Count, index => SameKey(items[index], item, one.Type.ListKeys, cost)),
                _ => -1,
            };
            if (place < 0)
            {
                items.Add(item);
            }
            else
            {
                items[place] = item;
            }
        }

        return new MadeList(items);
    }

    /// <summary>Whether two entries have the same key.</summary>
    public static bool SameKey(object left, object right, IReadOnlyList<string> keys, CostMeter cost)
    {
        cost.Charge(1);
        return left is CelMap one && right is CelMap two && keys.All(key => one.Find(key) is { } own && two.Find(key) is { } other ? Equality.Equal(own, other, cost) : one.Find(key) is null && two.Find(key) is null);
    }

    private static int Find(int count, Func<int, bool> fits)
    {
        for (var index = 0; index < count; index++)
        {
            if (fits(index))
            {
                return index;
            }
        }

        return -1;
    }
}
