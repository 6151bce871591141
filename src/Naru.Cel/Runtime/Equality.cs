using Naru.Cel.Types;
using Naru.Objects.Quantities;
using Naru.Objects.Schemas;

namespace Naru.Cel.Runtime;

/// <summary>Equality and order of values. Numbers are compared by value whatever their type; values of different types are different.</summary>
internal static class Equality
{
    /// <summary>Whether two values are equal.</summary>
    public static bool Equal(object left, object right, CostMeter cost)
    {
        switch (left, right)
        {
            case (string one, string two):
                cost.ChargeWalk(Math.Min(one.Length, two.Length));
                return one == two;
            case (CelList one, CelList two):
                return Lists(one, two, cost);
            case (CelMap one, CelMap two):
                return Maps(one, two, cost);
            case (CelOptional one, CelOptional two):
                return one.Value is null || two.Value is null ? ReferenceEquals(one.Value, two.Value) : Equal(one.Value, two.Value, cost);
            case (CelType one, CelType two):
                return one.Name == two.Name;
            case (CelBytes one, CelBytes two):
                cost.ChargeWalk(Math.Min(one.Content.Length, two.Content.Length));
                return one.Equals(two);
            case (double, double):
                return (double)left == (double)right;
            case (long or ulong or double, long or ulong or double):
                return Numbers.Compare(left, right) == 0;
            default:
                return left.Equals(right);
        }
    }

    /// <summary>Order of two values; null if they have none.</summary>
    public static int? Compare(object left, object right, CostMeter cost)
    {
        switch (left, right)
        {
            case (long or ulong or double, long or ulong or double):
                return Numbers.Compare(left, right);
            case (string one, string two):
                cost.ChargeWalk(Math.Min(one.Length, two.Length));
                return CompareTexts(one, two);
            case (bool one, bool two):
                return one.CompareTo(two);
            case (CelTimestamp one, CelTimestamp two):
                return one.CompareTo(two);
            case (CelDuration one, CelDuration two):
                return one.CompareTo(two);
            case (CelBytes one, CelBytes two):
                cost.ChargeWalk(Math.Min(one.Content.Length, two.Content.Length));
                return one.Content.AsSpan().SequenceCompareTo(two.Content);
            case (Quantity one, Quantity two):
                return one.CompareTo(two);
            default:
                return null;
        }
    }

    /// <summary>Whether a list has an equal value.</summary>
    public static bool Has(CelList list, object value, CostMeter cost)
    {
        for (var index = 0; index < list.Count; index++)
        {
            cost.Charge(1);
            if (Equal(list[index], value, cost))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Lists(CelList one, CelList two, CostMeter cost)
    {
        if (one.Count != two.Count)
        {
            return false;
        }

        if (one.Type.ListType == ListSemantics.Set || two.Type.ListType == ListSemantics.Set)
        {
            return one.Items().All(item => Has(two, item, cost));
        }

        if (one.Type.ListType == ListSemantics.Map && one.Type.ListKeys.Count > 0)
        {
            return one.Items().All(item => two.Items().Any(other => SetLists.SameKey(item, other, one.Type.ListKeys, cost) && Equal(item, other, cost)));
        }

        for (var index = 0; index < one.Count; index++)
        {
            cost.Charge(1);
            if (!Equal(one[index], two[index], cost))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Maps(CelMap one, CelMap two, CostMeter cost)
    {
        if (one.Count != two.Count || one is MadeObject != two is MadeObject)
        {
            return false;
        }

        foreach (var key in one.Keys)
        {
            cost.Charge(1);
            if (one.Find(key) is not { } left || two.Find(key) is not { } right || !Equal(left, right, cost))
            {
                return false;
            }
        }

        return true;
    }

    // By code points: halves of high characters sort before U+E000 otherwise.
    private static int CompareTexts(string one, string two)
    {
        var length = Math.Min(one.Length, two.Length);
        for (var index = 0; index < length; index++)
        {
            var (left, right) = (one[index], two[index]);
            if (left != right)
            {
                return char.IsSurrogate(left) != char.IsSurrogate(right) ? (char.IsSurrogate(left) ? 1 : -1) : left.CompareTo(right);
            }
        }

        return one.Length.CompareTo(two.Length);
    }
}
