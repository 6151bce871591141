using Naru.Cel.Checking;
using Naru.Cel.Types;

namespace Naru.Cel;

/// <summary>How large values can be.</summary>
public static class CelSizes
{
    /// <summary>The most items, entries or characters of a value of a type: what its schema allows, else what a request can hold.</summary>
    public static long MostItems(CelType type) => CostEstimator.SizeOf(type);
}
