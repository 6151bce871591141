using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Which share of the cluster's processors each zone has. Pure.</summary>
internal static class ZoneShares
{
    internal const string Zone = "topology.kubernetes.io/zone";
    private static readonly string[] Apart = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    /// <summary>The shares; null where there are not two zones, or a node that counts does not say its zone or its processors.</summary>
    public static IReadOnlyDictionary<string, double>? Of(IEnumerable<MapValue> nodes)
    {
        var processors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var node in nodes.Where(Counts))
        {
            if (node.Text("metadata", "labels", Zone) is not { Length: > 0 } zone || ProcessorsOf(node) is not (> 0 and var count))
            {
                return null;
            }

            processors[zone] = processors.GetValueOrDefault(zone) + count;
        }

        var all = (double)processors.Values.Sum();
        return processors.Count < 2 ? null : processors.ToDictionary(static one => one.Key, one => one.Value / all, StringComparer.Ordinal);
    }

    /// <summary>Whether a change of a node changes the shares, or the zones of its endpoints.</summary>
    public static bool Differ(StoredObject? old, StoredObject? now) => old is null || now is null || Facts(old.Tree) != Facts(now.Tree);

    private static (string?, long, bool) Facts(MapValue node) => (node.Text("metadata", "labels", Zone), ProcessorsOf(node), Counts(node));

    private static long ProcessorsOf(MapValue node) => Quantity.TryParse(node.Text("status", "allocatable", "cpu"), out var amount) ? amount.MilliValue : 0;

    private static bool Counts(MapValue node) =>
        node.Map("metadata", "labels") is var labels && !Array.Exists(Apart, name => labels?.Has(name) == true)
        && node.Maps("status", "conditions").Any(static one => one.Text("type") == "Ready" && one.Text("status") == "True");
}
