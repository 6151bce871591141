using Naru.Objects.Quantities;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Quotas;

/// <summary>Counts anew what a quota limits.</summary>
public static class QuotaCount
{
    /// <summary>What is used of everything in <c>spec.hard</c>; 0 where nothing uses it.</summary>
    /// <param name="quota">The ResourceQuota.</param>
    /// <param name="list">The objects of a resource in the quota's namespace.</param>
    /// <param name="now">The moment that is counted for.</param>
    public static Dictionary<string, Quantity> Used(MapValue quota, Func<GroupResource, IEnumerable<MapValue>> list, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(quota);
        ArgumentNullException.ThrowIfNull(list);
        var used = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var name in quota.Map("spec", "hard")?.Names ?? [])
        {
            used[name] = Quantity.Zero;
        }

        foreach (var resource in used.Keys.Select(QuotaUsage.ResourceOf).OfType<GroupResource>().Distinct().ToList())
        {
            foreach (var body in list(resource).Where(body => QuotaScopes.Matches(quota, resource, body)))
            {
                foreach (var (name, quantity) in QuotaUsage.Of(resource, body, now))
                {
                    if (used.TryGetValue(name, out var sum))
                    {
                        used[name] = sum + quantity;
                    }
                }
            }
        }

        return used;
    }

    /// <summary>Quantities as they stand in a status, in order of name.</summary>
    public static MapValue Write(IEnumerable<KeyValuePair<string, Quantity>> quantities)
    {
        var map = new MapValue();
        foreach (var (name, quantity) in quantities.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            map[name] = quantity.ToString();
        }

        return map;
    }
}
