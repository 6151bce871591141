using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Lists taken as sets.</summary>
internal static class SetLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add("sets:contains(list(A),list(A)) bool", static (arguments, cost) => Contains((CelList)arguments[0], (CelList)arguments[1], cost));
        book.Add("sets:equivalent(list(A),list(A)) bool", static (arguments, cost) =>
            Contains((CelList)arguments[0], (CelList)arguments[1], cost) && Contains((CelList)arguments[1], (CelList)arguments[0], cost));
        book.Add("sets:intersects(list(A),list(A)) bool", static (arguments, cost) => ((CelList)arguments[1]).Items().Any(item => Equality.Has((CelList)arguments[0], item, cost)));
    }

    private static bool Contains(CelList list, CelList part, CostMeter cost) => part.Items().All(item => Equality.Has(list, item, cost));
}
