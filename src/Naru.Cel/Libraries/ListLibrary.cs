using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Lists: what Kubernetes adds, and what the language's own library of lists has.</summary>
internal static class ListLibrary
{
    private const int MaxCount = 1_000_000;

    public static void AddTo(FunctionBook book)
    {
        foreach (var type in (string[])["int", "uint", "double", "bool", "string", "bytes", "timestamp", "duration"])
        {
            book.Add($"list({type}).isSorted() bool", static (arguments, cost) => IsSorted((CelList)arguments[0], cost));
            book.Add($"list({type}).min() {type}", static (arguments, cost) => Best((CelList)arguments[0], -1, "min", cost));
            book.Add($"list({type}).max() {type}", static (arguments, cost) => Best((CelList)arguments[0], 1, "max", cost));
        }

        foreach (var type in (string[])["int", "uint", "double", "duration"])
        {
            book.Add($"list({type}).sum() {type}", static (arguments, cost) => Sum((CelList)arguments[0], cost));
        }

        book.Add("list(A).indexOf(A) int", static (arguments, cost) => IndexOf((CelList)arguments[0], arguments[1], false, cost));
        book.Add("list(A).lastIndexOf(A) int", static (arguments, cost) => IndexOf((CelList)arguments[0], arguments[1], true, cost));
        book.Add("list(A).distinct() list(A)", static (arguments, cost) => Distinct((CelList)arguments[0], cost));
        book.Add("list(A).reverse() list(A)", static (arguments, cost) => new MadeList([.. Walk(arguments, cost).Items().Reverse()]));
        book.Add("list(A).sort() list(A)", static (arguments, cost) => Sort(Walk(arguments, cost), cost));
        book.Add("list(A).slice(int,int) list(A)", static (arguments, cost) => Slice(Walk(arguments, cost), (long)arguments[1], (long)arguments[2]));
        book.Add("list(dyn).flatten() list(dyn)", static (arguments, cost) => Flatten((CelList)arguments[0], 1, cost));
        book.Add("list(dyn).flatten(int) list(dyn)", static (arguments, cost) => Flatten((CelList)arguments[0], (long)arguments[1], cost));
        book.Add("lists:range(int) list(int)", static (arguments, cost) => Range((long)arguments[0], cost));
    }

    private static CelList Walk(object[] arguments, CostMeter cost)
    {
        var list = (CelList)arguments[0];
        cost.Charge(list.Count);
        return list;
    }

    private static object IsSorted(CelList list, CostMeter cost)
    {
        for (var index = 1; index < list.Count; index++)
        {
            cost.Charge(1);
            if (Equality.Compare(list[index - 1], list[index], cost) is not { } order)
            {
                return CelError.NoOverload;
            }

            if (order > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static object Best(CelList list, int sign, string name, CostMeter cost)
    {
        if (list.Count == 0)
        {
            return new CelError($"{name} called on empty list");
        }

        var best = list[0];
        for (var index = 1; index < list.Count; index++)
        {
            cost.Charge(1);
            if (Equality.Compare(list[index], best, cost) is not { } order)
            {
                return CelError.NoOverload;
            }

            best = order * sign > 0 ? list[index] : best;
        }

        return best;
    }

    private static object Sum(CelList list, CostMeter cost)
    {
        object sum = list.Count == 0 ? 0L : list[0];
        for (var index = 1; index < list.Count; index++)
        {
            cost.Charge(1);
            sum = (sum, list[index]) switch
            {
                (long one, long two) => Numbers.Whole('+', one, two),
                (ulong one, ulong two) => Numbers.Unsigned('+', one, two),
                (double one, double two) => one + two,
                (CelDuration one, CelDuration two) => Numbers.Whole('+', one.Nanoseconds, two.Nanoseconds) is long total ? new CelDuration(total) : new CelError("duration overflow"),
                _ => CelError.NoOverload,
            };
            if (sum is CelError)
            {
                return sum;
            }
        }

        return sum;
    }

    private static long IndexOf(CelList list, object value, bool last, CostMeter cost)
    {
        for (var step = 0; step < list.Count; step++)
        {
            var index = last ? list.Count - 1 - step : step;
            cost.Charge(1);
            if (Equality.Equal(list[index], value, cost))
            {
                return index;
            }
        }

        return -1;
    }

    private static MadeList Distinct(CelList list, CostMeter cost)
    {
        var kept = new List<object>();
        var view = new MadeList(kept);
        foreach (var item in list.Items())
        {
            if (!Equality.Has(view, item, cost))
            {
                kept.Add(item);
            }
        }

        return view;
    }

    private static object Sort(CelList list, CostMeter cost)
    {
        var items = list.Items().ToList();
        if (items.Count > 0 && items.Exists(item => RuntimeTypes.Of(item).Kind != RuntimeTypes.Of(items[0]).Kind || Equality.Compare(item, items[0], cost) is null))
        {
            return new CelError("list elements must have the same type");
        }

        // A merge sort keeps the cost known and equal items in order.
        return new MadeList([.. items.Order(Comparer<object>.Create((left, right) =>
        {
            cost.Charge(1);
            return Equality.Compare(left, right, cost) ?? 0;
        }))]);
    }

    private static object Slice(CelList list, long from, long to)
    {
        if (from < 0 || to < 0)
        {
            return new CelError($"cannot slice({from}, {to}), negative indexes not supported");
        }

        return from > to || to > list.Count
            ? new CelError(from > to ? $"cannot slice({from}, {to}), start index must be less than or equal to end index" : $"cannot slice({from}, {to}), list is length {list.Count}")
            : new MadeList([.. list.Items().Skip((int)from).Take((int)(to - from))]);
    }

    private static object Flatten(CelList list, long depth, CostMeter cost)
    {
        if (depth < 0)
        {
            return new CelError("level must be non-negative");
        }

        var items = new List<object>();
        Flatten(list, Math.Min(depth, 64), items, cost);
        return new MadeList(items);
    }

    private static void Flatten(CelList list, long depth, List<object> items, CostMeter cost)
    {
        foreach (var item in list.Items())
        {
            cost.Charge(1);
            if (item is CelList inner && depth > 0)
            {
                Flatten(inner, depth - 1, items, cost);
            }
            else
            {
                items.Add(item);
            }
        }
    }

    private static object Range(long count, CostMeter cost)
    {
        cost.Charge(Math.Clamp(count, 0, MaxCount));
        return count is < 0 or > MaxCount ? new CelError($"range size exceeds {MaxCount}") : new MadeList([.. Enumerable.Range(0, (int)count).Select(static one => (object)(long)one)]);
    }
}
