using System.Globalization;
using System.Text;
using Naru.Agent.Volumes;

namespace Naru.Agent.Usage;

/// <summary>What claims hold, in a kubelet's words. Pure.</summary>
internal static class VolumeMetrics
{
    private static readonly (string Name, string Help, Func<VolumeReading, long> Value)[] Families =
    [
        ("available_bytes", "Number of available bytes in the volume", static one => one.Space.Available),
        ("capacity_bytes", "Capacity in bytes of the volume", static one => one.Space.Bytes),
        ("inodes", "Maximum number of inodes in the volume", static one => one.Space.Files),
        ("inodes_free", "Number of free inodes in the volume", static one => one.Space.FilesFree),
        ("inodes_used", "Number of used inodes in the volume", static one => one.Files),
        ("used_bytes", "Number of used bytes in the volume", static one => one.Bytes),
    ];

    /// <summary>Families <c>kubelet_volume_stats_*</c>, a series for each claim: pods that share one are counted once.</summary>
    public static string Of(NodeReading node)
    {
        var claims = node.Each.SelectMany(static pod => pod.Claims.Where(static one => one.Claim.Length > 0).Select(one => (Space: pod.Pod.Namespace, Reading: one)))
            .DistinctBy(static one => (one.Space, one.Reading.Claim)).ToList();
        var text = new StringBuilder();
        foreach (var (name, help, value) in claims.Count > 0 ? Families : [])
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP kubelet_volume_stats_{name} {help}\n# TYPE kubelet_volume_stats_{name} gauge\n");
            foreach (var (space, reading) in claims)
            {
                text.Append(CultureInfo.InvariantCulture, $"kubelet_volume_stats_{name}{{namespace=\"{space}\",persistentvolumeclaim=\"{reading.Claim}\"}} {value(reading)}\n");
            }
        }

        return text.ToString();
    }
}
