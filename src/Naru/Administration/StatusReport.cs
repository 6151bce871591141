using System.Globalization;
using System.Text.Json.Nodes;
using Naru.Composition;
using Naru.Configuration;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Linux.Files;

namespace Naru.Administration;

/// <summary>What the running instance says about itself to <c>naru status</c>.</summary>
internal sealed class StatusReport(NaruOptions options, EngineDirectories directories, EngineStages stages, IServiceProvider services, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    public JsonObject Read()
    {
        var space = FileSystems.GetSpace(directories.Data);
        var report = new JsonObject
        {
            ["version"] = BuildFacts.Version,
            ["commit"] = BuildFacts.Commit,
            ["instance"] = directories.InstanceId,
            ["process"] = Environment.ProcessId,
            ["started"] = _started.ToString("O", CultureInfo.InvariantCulture),
            ["uptimeSeconds"] = (long)(time.GetUtcNow() - _started).TotalSeconds,
            ["residentBytes"] = ResidentBytes(),
            ["dataDirectory"] = directories.Data,
            ["runDirectory"] = directories.Run,
            ["dockerHost"] = options.Engine ? "unix://" + options.DockerSocket : null,
            ["disk"] = new JsonObject { ["totalBytes"] = space.Total, ["freeBytes"] = space.Available, ["budgetBytes"] = options.DiskBudget?.Bytes },
        };
        if (options.Cluster)
        {
            report["kubeconfig"] = options.Kubeconfig;
            report["kubernetes"] = services.GetRequiredService<KubernetesEndpoint>().Server.ToString().TrimEnd('/');
            report["store"] = options.EtcdEndpoints.Count == 0 ? "sqlite" : string.Join(", ", options.EtcdEndpoints);
        }

        if (options.DockerTlsAddress is { } address)
        {
            report["dockerTls"] = "tcp://" + address;
        }

        report["containers"] = CountContainers();
        report["images"] = services.GetService<IImages>()?.List().Length ?? 0;
        report["networks"] = services.GetService<INetworks>()?.List().Length ?? 0;
        report["volumes"] = services.GetService<IVolumes>()?.List().Length ?? 0;
        report["stages"] = new JsonArray([.. stages.Timings.Select(timing => (JsonNode)new JsonObject { ["name"] = timing.Name, ["startMilliseconds"] = (long)timing.Took.TotalMilliseconds })]);
        return report;
    }

    private JsonObject CountContainers()
    {
        var containers = services.GetService<IContainers>()?.List() ?? [];
        var counts = new JsonObject { ["total"] = containers.Length };
        foreach (var group in containers.GroupBy(container => container.Status.Phase).OrderBy(group => group.Key))
        {
            counts[group.Key.ToString().ToLowerInvariant()] = group.Count();
        }

        return counts;
    }

    private static long ResidentBytes()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
