using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Values that may be missing. <c>or</c> and <c>orValue</c> are the planner's: they do not evaluate what they do not need.</summary>
internal static class OptionalLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add("optional:none() optional(A)", static (_, _) => CelOptional.None);
        book.Add<object>("optional:of(A) optional(A)", static one => new CelOptional(one));
        book.Add<object>("optional:ofNonZeroValue(A) optional(A)", static one => IsZero(one) ? CelOptional.None : new CelOptional(one));
        book.Add<CelOptional>("optional(A).hasValue() bool", static one => one.Value is not null);
        book.Add<CelOptional>("optional(A).value() A", static one => one.Value ?? new CelError("optional.none() dereference"));
        book.Add<CelOptional, CelOptional>("optional(A).or(optional(A)) optional(A)", static (one, other) => one.Value is null ? other : one);
        book.Add<CelOptional, object>("optional(A).orValue(A) A", static (one, other) => one.Value ?? other);
        book.Add("optional:unwrap(list(optional(A))) list(A)", static (arguments, cost) => Unwrap((CelList)arguments[0], cost));
        book.Add("list(optional(A)).unwrapOpt() list(A)", static (arguments, cost) => Unwrap((CelList)arguments[0], cost));
        book.Add<CelList>("list(A).first() optional(A)", static list => list.Count == 0 ? CelOptional.None : new CelOptional(list[0]));
        book.Add<CelList>("list(A).last() optional(A)", static list => list.Count == 0 ? CelOptional.None : new CelOptional(list[list.Count - 1]));
        book.Add<CelList, long>("_[?_](list(A),int) optional(A)", static (list, index) => index >= 0 && index < list.Count ? new CelOptional(list[(int)index]) : CelOptional.None);
        book.Add<CelMap, object>("_[?_](map(A,B),A) optional(B)", static (map, key) => new CelOptional(map.Find(key)));
        book.Add<CelOptional, object>("_[?_](optional(list(A)),int) optional(A)", Inner);
        book.Add<CelOptional, object>("_[?_](optional(map(A,B)),A) optional(B)", Inner);
        book.Add<CelOptional, object>("_[_](optional(list(A)),int) optional(A)", Inner);
        book.Add<CelOptional, object>("_[_](optional(map(A,B)),A) optional(B)", Inner);
    }

    private static object Inner(CelOptional one, object key) => one.Value switch
    {
        null => CelOptional.None,
        CelMap map => new CelOptional(map.Find(key)),
        CelList list => Operators.At(list, key) is var found and not CelError ? new CelOptional(found) : CelOptional.None,
        _ => CelError.NoOverload,
    };

    private static object Unwrap(CelList list, CostMeter cost)
    {
        cost.Charge(list.Count);
        var items = new List<object>();
        foreach (var item in list.Items())
        {
            if (item is not CelOptional optional)
            {
                return CelError.NoOverload;
            }

            if (optional.Value is { } value)
            {
                items.Add(value);
            }
        }

        return new MadeList(items);
    }

    private static bool IsZero(object value) => value switch
    {
        CelNull or false or 0L or 0UL or 0.0 or "" => true,
        CelBytes bytes => bytes.Content.Length == 0,
        CelList list => list.Count == 0,
        CelMap map => map.Count == 0,
        CelDuration span => span.Nanoseconds == 0,
        CelTimestamp time => time is { Seconds: 0, Nanoseconds: 0 },
        CelOptional optional => optional.Value is null,
        _ => false,
    };
}
