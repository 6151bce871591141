using System.Collections.Immutable;
using Naru.Agent.Pods;
using Naru.Agent.Usage;
using Naru.Agent.Volumes;
using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Volumes;

public sealed class VolumeStatsTests
{
    [Fact]
    public void Summary_VolumesOfAPod_AreToldWithTheirClaims()
    {
        var pod = new PodView((MapValue)JsonText.Parse("""{"metadata":{"name":"p","namespace":"shop","uid":"u"},"spec":{}}"""u8));
        var reading = new PodReading(pod, null, new UsageSample { At = DateTimeOffset.UnixEpoch }, ImmutableDictionary<string, LinkCounters>.Empty, [], ImmutableDictionary<string, long>.Empty)
        {
            Claims = [new VolumeReading("data", "c", new NodeSpace(1000, 600, 10, 6), 400, 4), new VolumeReading("fast", "", new NodeSpace(100, 90, 5, 4), 10, 1)],
        };

        var volumes = StatsSummary.Of(new NodeReading("n", DateTimeOffset.UnixEpoch, 0, reading.Sample, new DiskRoom(1, 1, 1, 1), [reading])).Maps("pods").Single().Maps("volume").ToList();

        Assert.Equal(
            """{"time":"1970-01-01T00:00:00Z","availableBytes":600,"capacityBytes":1000,"usedBytes":400,"inodesFree":6,"inodes":10,"inodesUsed":4,"name":"data","pvcRef":{"name":"c","namespace":"shop"}}""",
            JsonText.ToText(volumes[0]));
        Assert.Null(volumes[1].Map("pvcRef"));
    }

    [Fact]
    public void Metrics_ClaimOfTwoPods_IsCountedOnce()
    {
        PodReading Reading(string name) => new(
            new PodView((MapValue)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"metadata":{"name":"{{name}}","namespace":"shop","uid":"{{name}}"},"spec":{} }"""))),
            null, new UsageSample { At = DateTimeOffset.UnixEpoch }, ImmutableDictionary<string, LinkCounters>.Empty, [], ImmutableDictionary<string, long>.Empty)
        {
            Claims = [new VolumeReading("data", "c", new NodeSpace(1000, 600, 10, 6), 400, 4), new VolumeReading("fast", "", new NodeSpace(100, 90, 5, 4), 10, 1)],
        };

        var text = VolumeMetrics.Of(new NodeReading("n", DateTimeOffset.UnixEpoch, 0, Reading("a").Sample, new DiskRoom(1, 1, 1, 1), [Reading("a"), Reading("b")]));

        Assert.Equal(["kubelet_volume_stats_used_bytes{namespace=\"shop\",persistentvolumeclaim=\"c\"} 400"], text.Split('\n').Where(static line => line.StartsWith("kubelet_volume_stats_used", StringComparison.Ordinal)));
        Assert.Contains("# TYPE kubelet_volume_stats_inodes_free gauge", text, StringComparison.Ordinal);
    }
}
