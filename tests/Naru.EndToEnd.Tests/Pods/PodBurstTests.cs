using System.Text;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Pods;

/// <summary>As many pods as a node takes, a naru that is killed under them, and nothing left afterwards.</summary>
[Collection(nameof(PodGroup))]
public sealed class PodBurstTests(PodCluster cluster)
{
    private const int Pods = 110;

    [Fact]
    public async Task Pods_AsManyAsTheNodeTakes_RunOutliveNaruAndLeaveNothing()
    {
        cluster.Required();
        await cluster.OkAsync("delete", "pods", "--all", "--now");
        await Eventually.BecomesAsync(async () => (await cluster.DockerAsync("ps", "-aq")).Length == 0, "nothing runs", TimeSpan.FromSeconds(120));
        var before = Count();
        var manifest = new StringBuilder();
        for (var number = 0; number < Pods; number++)
        {
            manifest.Append($"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: burst-{number}, labels: {{burst: \"1\"}}}}\nspec: {{terminationGracePeriodSeconds: 0, containers: [{{name: c, image: IMAGE, command: [sleep, \"100000\"]}}]}}\n");
        }

        var created = await cluster.TryAsync(manifest.ToString().Replace("IMAGE", PodCluster.Image, StringComparison.Ordinal), "create", "-f", "-");
        Assert.True(created.ExitCode == 0, created.ToString());
        await Eventually.BecomesAsync(async () => await ReadyAsync() == Pods, "all are ready", TimeSpan.FromSeconds(300));
        var containers = await ContainersAsync();
        var groups = (await cluster.OkAsync("get", "pods", "-l", "burst=1", "-o", "jsonpath={range .items[*]}pod{.metadata.uid} {end}")).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(GroupsOf(groups));

        await cluster.Naru!.KillAsync();
        await cluster.Naru.StartAgainAsync();

        Assert.Equal(containers, await ContainersAsync());
        Assert.Equal(Pods, await ReadyAsync());
        Assert.Equal("", await cluster.OkAsync("get", "pods", "-l", "burst=1", "-o", "jsonpath={range .items[?(@.status.containerStatuses[0].restartCount!=0)]}{.metadata.name} {end}"));
        await cluster.OkAsync("delete", "pods", "-l", "burst=1", "--now", "--wait=false");
        await Eventually.BecomesAsync(async () => (await cluster.DockerAsync("ps", "-aq")).Length == 0, "all are gone", TimeSpan.FromSeconds(300));
        await Eventually.BecomesAsync(() => Count() is var now && now.Mounts <= before.Mounts && now.Directories <= before.Directories, $"mounts and directories are {before} again, not {Count()}", TimeSpan.FromSeconds(60));
        Assert.Empty(GroupsOf(groups));
    }

    private async Task<int> ReadyAsync() =>
        (await cluster.OkAsync("get", "pods", "-l", "burst=1", "-o", "jsonpath={range .items[*]}{.status.containerStatuses[0].ready} {end}")).Split(' ').Count(static one => one == "true");

    private async Task<string> ContainersAsync() => string.Join(' ', (await cluster.DockerAsync("ps", "-q", "--no-trunc")).Split('\n').Order(StringComparer.Ordinal));

    private (int Mounts, int Directories) Count() => (
        File.ReadLines("/proc/mounts").Count(line => line.Contains(cluster.Naru!.Root, StringComparison.Ordinal)),
        Directory.Exists(Path.Combine(cluster.Naru!.DataDirectory, "agent", "pods")) ? Directory.EnumerateDirectories(Path.Combine(cluster.Naru.DataDirectory, "agent", "pods")).Count() : 0);

    private static IEnumerable<string> GroupsOf(HashSet<string> names) => Directory
        .EnumerateDirectories("/sys/fs/cgroup", "pod*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true })
        .Where(path => names.Contains(Path.GetFileName(path)));
}
