using Naru.Agent.Nodes;
using Naru.Agent.Volumes;
using Naru.Core.Containers;
using Naru.Objects.Values;

namespace Naru.Agent.Usage;

/// <summary>What a node uses in the words of a kubelet's <c>/stats/summary</c>. Pure.</summary>
internal static class StatsSummary
{
    public static MapValue Of(NodeReading node) => new()
    {
        {
            "node", new MapValue
            {
                { "nodeName", node.Name },
                { "systemContainers", new ListValue([System("pods", node.Pods, node.At)]) },
                { "startTime", AgentTime.Format(node.At) },
                { "cpu", new MapValue { { "time", AgentTime.Format(node.At) }, { "usageNanoCores", node.Rate }, { "usageCoreNanoSeconds", HostReadings.BusyNanoseconds() } } },
                { "memory", NodeMemory(node) },
                { "fs", Disk(node, node.Disk.Size - node.Disk.Free) },
                { "runtime", new MapValue { { "imageFs", Disk(node, node.Disk.Size - node.Disk.Free) }, { "containerFs", Disk(node, node.Disk.Size - node.Disk.Free) } } },
                { "rlimit", new MapValue { { "time", AgentTime.Format(node.At) }, { "maxpid", HostReadings.MostProcesses() }, { "curproc", HostReadings.Processes() } } },
            }
        },
        { "pods", new ListValue(node.Each.Select(pod => PodOf(pod, node))) },
    };

    private static MapValue PodOf(PodReading pod, NodeReading node)
    {
        var body = new MapValue
        {
            { "podRef", new MapValue { { "name", pod.Pod.Name }, { "namespace", pod.Pod.Namespace }, { "uid", pod.Pod.Uid } } },
            { "startTime", pod.Pod.Status.Text("startTime") ?? AgentTime.Format(node.At) },
            { "containers", new ListValue(pod.Containers.Select(one => ContainerOf(one, node))) },
            { "cpu", Cpu(pod.Sample, pod.Containers.Sum(static one => one.Rate), node.At) },
            { "memory", Memory(pod.Sample, node.At, bounded: false) },
            { "process_stats", new MapValue { { "process_count", (long)pod.Sample.Pids } } },
        };
        if (pod.Links.Count > 0)
        {
            body["network"] = Network(pod.Links, node.At);
        }

        if (pod.Volumes.Count + pod.Claims.Count > 0)
        {
            body["volume"] = new ListValue(pod.Volumes.Select(one => Named(one.Key, Disk(node, one.Value))).Concat(pod.Claims.Select(one => VolumeOf(one, pod.Pod.Namespace, node.At))));
        }

        body["ephemeral-storage"] = Disk(node, pod.Containers.Sum(static one => one.Writable) + pod.Volumes.Values.Sum());
        return body;
    }

    private static MapValue ContainerOf(ContainerReading one, NodeReading node) => new()
    {
        { "name", one.Container.Name },
        { "startTime", AgentTime.Format(one.Container.Engine.Status.StartedAt ?? node.At) },
        { "cpu", Cpu(one.Sample, one.Rate, node.At) },
        { "memory", Memory(one.Sample, node.At, bounded: true) },
        { "rootfs", Disk(node, one.Writable) },
        { "logs", Disk(node, 0) },
    };

    private static MapValue System(string name, UsageSample sample, DateTimeOffset at) => new()
    {
        { "name", name }, { "startTime", AgentTime.Format(at) }, { "cpu", Cpu(sample, 0, at) }, { "memory", Memory(sample, at, bounded: true) },
    };

    private static MapValue Cpu(UsageSample sample, long rate, DateTimeOffset at) =>
        new() { { "time", AgentTime.Format(at) }, { "usageNanoCores", rate }, { "usageCoreNanoSeconds", (long)sample.CpuTotal } };

    private static MapValue Memory(UsageSample sample, DateTimeOffset at, bool bounded)
    {
        var working = UsageSampler.WorkingSet(sample);
        var body = new MapValue
        {
            { "time", AgentTime.Format(at) },
            { "usageBytes", (long)sample.Memory },
            { "workingSetBytes", working },
            { "rssBytes", (long)Detail(sample, "total_rss", "anon") },
            { "pageFaults", (long)Detail(sample, "total_pgfault", "pgfault") },
            { "majorPageFaults", (long)Detail(sample, "total_pgmajfault", "pgmajfault") },
        };
        if (bounded && sample.MemoryLimit > 0)
        {
            body["availableBytes"] = IntegerValue.Of(Math.Max(0, (long)sample.MemoryLimit - working));
        }

        return body;
    }

    private static MapValue NodeMemory(NodeReading node)
    {
        var (used, free) = (HostReadings.MemoryUsed(), HostReadings.MemoryAvailable());
        return new() { { "time", AgentTime.Format(node.At) }, { "availableBytes", free }, { "usageBytes", used }, { "workingSetBytes", used }, { "rssBytes", used }, { "pageFaults", 0L }, { "majorPageFaults", 0L } };
    }

    private static MapValue Disk(NodeReading node, long used) => new()
    {
        { "time", AgentTime.Format(node.At) },
        { "availableBytes", node.Disk.Free },
        { "capacityBytes", node.Disk.Size },
        { "usedBytes", used },
        { "inodesFree", node.Disk.FreeFiles },
        { "inodes", node.Disk.Files },
        { "inodesUsed", node.Disk.Files - node.Disk.FreeFiles },
    };

    private static MapValue VolumeOf(VolumeReading one, string space, DateTimeOffset at)
    {
        var body = new MapValue
        {
            { "time", AgentTime.Format(at) },
            { "availableBytes", one.Space.Available },
            { "capacityBytes", one.Space.Bytes },
            { "usedBytes", one.Bytes },
            { "inodesFree", one.Space.FilesFree },
            { "inodes", one.Space.Files },
            { "inodesUsed", one.Files },
            { "name", one.Name },
        };
        if (one.Claim.Length > 0)
        {
            body["pvcRef"] = new MapValue { { "name", one.Claim }, { "namespace", space } };
        }

        return body;
    }

    private static MapValue Named(string name, MapValue body)
    {
        body["name"] = new TextValue(name);
        return body;
    }

    private static MapValue Network(IReadOnlyDictionary<string, LinkCounters> links, DateTimeOffset at)
    {
        var all = links.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => Link(one.Key, one.Value)).ToList();
        var body = all.Find(static one => one.Text("name") == "eth0") is { } first ? first.CloneMap() : all[0].CloneMap();
        body["time"] = new TextValue(AgentTime.Format(at));
        body["interfaces"] = new ListValue(all);
        return body;
    }

    private static MapValue Link(string name, LinkCounters link) => new()
    {
        { "name", name }, { "rxBytes", (long)link.ReceivedBytes }, { "rxErrors", (long)link.ReceivedErrors }, { "txBytes", (long)link.SentBytes }, { "txErrors", (long)link.SentErrors },
    };

    internal static ulong Detail(UsageSample sample, string first, string second) => sample.MemoryDetails.GetValueOrDefault(first, sample.MemoryDetails.GetValueOrDefault(second));
}
