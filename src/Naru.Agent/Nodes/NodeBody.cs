using System.Globalization;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Nodes;

/// <summary>What is known of the host when its Node is written.</summary>
internal sealed record NodeSight
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required HostFacts Host { get; init; }

    public required string BootId { get; init; }

    public required string MachineId { get; init; }

    public IReadOnlyList<string> PodRanges { get; init; } = [];

    public IReadOnlyList<Image> Images { get; init; } = [];

    /// <summary>Bytes of the disk that images and containers lie on, and of what is free on it.</summary>
    public (long Size, long Free) Disk { get; init; }

    /// <summary>What this node runs short of.</summary>
    public Admission.NodePressures Pressures { get; init; } = new();

    public int MaxPods { get; init; } = 110;

    public long ReservedMemory { get; init; }

    /// <summary>Why pods cannot run; empty: they can.</summary>
    public string NotReady { get; init; } = "";

    public required DateTimeOffset Now { get; init; }
}

/// <summary>The Node object of a host. Pure.</summary>
internal static class NodeBody
{
    private const int MostImages = 50;

    /// <summary>A Node as it is first made.</summary>
    public static MapValue New(NodeSight sight)
    {
        var body = new MapValue
        {
            { "apiVersion", "v1" },
            { "kind", "Node" },
            { "metadata", new MapValue { { "name", sight.Name }, { "labels", new MapValue() } } },
            { "spec", new MapValue() },
        };
        if (sight.PodRanges.Count > 0)
        {
            body.MakeMap("spec")["podCIDR"] = new TextValue(sight.PodRanges[0]);
            body.MakeMap("spec")["podCIDRs"] = new ListValue(sight.PodRanges.Select(static range => new TextValue(range)));
        }

        SetLabels(body, sight);
        SetStatus(body, sight);
        return body;
    }

    /// <summary>Sets the labels that say what the host is. True if one changed.</summary>
    public static bool SetLabels(MapValue node, NodeSight sight)
    {
        var labels = node.MakeMap("metadata").MakeMap("labels");
        var changed = false;
        foreach (var (name, value) in Labels(sight))
        {
            if (labels.Text(name) != value)
            {
                labels[name] = new TextValue(value);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Takes away the mark that keeps pods from a node that was not ready yet. True if it was there.</summary>
    public static bool ClearNotReady(MapValue node, NodeSight sight) =>
        sight.NotReady.Length == 0 && node.List("spec", "taints") is { } taints
        && taints.RemoveAll(static one => one is MapValue taint && taint.Text("key") == "node.kubernetes.io/not-ready" && taint.Text("effect") == "NoSchedule") > 0;

    /// <summary>Writes the status anew. True if it says something else than before, heartbeats apart.</summary>
    public static bool SetStatus(MapValue node, NodeSight sight)
    {
        var status = node.MakeMap("status");
        var before = status.CloneMap();
        var capacity = Capacity(sight);
        KeepExtended(capacity, before.Map("capacity"));
        status["capacity"] = capacity;
        status["allocatable"] = Allocatable(sight, capacity);
        status["addresses"] = new ListValue([
            .. sight.Addresses.Select(static address => new MapValue { { "type", "InternalIP" }, { "address", address } }),
            new MapValue { { "type", "Hostname" }, { "address", sight.Name } },
        ]);
        status["daemonEndpoints"] = new MapValue { { "kubeletEndpoint", new MapValue { { "Port", 10250L } } } };
        status["nodeInfo"] = Info(sight);
        status["images"] = Images(sight.Images);
        status["features"] = new MapValue { { "supplementalGroupsPolicy", true } };
        status["runtimeHandlers"] = Handlers(sight.Host);
        var changed = !status.DeepEquals(before);
        return NodeConditions.Set(status, Conditions(sight), sight.Now) || changed;
    }

    private static IEnumerable<(string Name, string Value)> Labels(NodeSight sight)
    {
        var (architecture, system) = (sight.Host.Platform.Architecture, sight.Host.Platform.Os);
        yield return ("kubernetes.io/hostname", sight.Name);
        yield return ("kubernetes.io/arch", architecture);
        yield return ("kubernetes.io/os", system);
        yield return ("beta.kubernetes.io/arch", architecture);
        yield return ("beta.kubernetes.io/os", system);
    }

    private static MapValue Capacity(NodeSight sight) => new()
    {
        { "cpu", sight.Host.Processors.ToString(CultureInfo.InvariantCulture) },
        { "ephemeral-storage", $"{sight.Disk.Size / 1024}Ki" },
        { "hugepages-1Gi", "0" },
        { "hugepages-2Mi", "0" },
        { "memory", $"{sight.Host.Memory / 1024}Ki" },
        { "pods", sight.MaxPods.ToString(CultureInfo.InvariantCulture) },
    };

    // Resources that others say this node has (their names have a domain) are theirs to give and to take away; pods may have all of them.
    private static void KeepExtended(MapValue capacity, MapValue? before)
    {
        foreach (var (name, amount) in before ?? [])
        {
            if (name.Contains('/', StringComparison.Ordinal))
            {
                capacity[name] = amount.Clone();
            }
        }
    }

    private static MapValue Allocatable(NodeSight sight, MapValue capacity)
    {
        var left = capacity.CloneMap();
        left["memory"] = new TextValue($"{(sight.Host.Memory - Math.Min(sight.ReservedMemory, sight.Host.Memory / 10)) / 1024}Ki");
        left["ephemeral-storage"] = new TextValue((sight.Disk.Size / 10 * 9).ToString(CultureInfo.InvariantCulture));
        return left;
    }

    private static MapValue Info(NodeSight sight) => new()
    {
        { "architecture", sight.Host.Platform.Architecture },
        { "bootID", sight.BootId },
        { "containerRuntimeVersion", $"naru://{sight.Host.Version}" },
        { "kernelVersion", sight.Host.KernelVersion },
        { "kubeProxyVersion", "" },
        { "kubeletVersion", KubernetesVersion.Git },
        { "machineID", sight.MachineId },
        { "operatingSystem", sight.Host.Platform.Os },
        { "osImage", sight.Host.OperatingSystem },
        { "systemUUID", sight.Host.InstanceId },
    };

    // The default one has no name.
    private static ListValue Handlers(HostFacts host) => new(host.Runtimes.Keys.Order(StringComparer.Ordinal).Prepend("").Select(name => new MapValue
    {
        { "name", name },
        { "features", new MapValue { { "recursiveReadOnlyMounts", true }, { "userNamespaces", host.UserNamespaceProblem.Length == 0 } } },
    }));

    private static ListValue Images(IReadOnlyList<Image> images) => new(images
        .Where(static image => image.Tags.Length + image.Digests.Length > 0)
        .OrderByDescending(static image => image.Size)
        .ThenBy(static image => image.Id.Value, StringComparer.Ordinal)
        .Take(MostImages)
        .Select(static image => new MapValue
        {
            { "names", new ListValue(image.Digests.Concat(image.Tags).Select(Canonical).Take(5).Select(static name => new TextValue(name))) },
            { "sizeBytes", image.Size },
        }));

    private static string Canonical(string name) => ImageReference.TryParse(name, out var parsed, out _) ? parsed!.Canonical : name;

    private static IEnumerable<NodeCondition> Conditions(NodeSight sight)
    {
        var (noMemory, noDisk) = (sight.Pressures.Memory, sight.Pressures.Disk);
        yield return noMemory
            ? new("MemoryPressure", true, "KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
            : new("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available");
        yield return noDisk
            ? new("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
            : new("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
        yield return new("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available");
        yield return sight.NotReady.Length > 0
            ? new("Ready", false, "KubeletNotReady", sight.NotReady)
            : new("Ready", true, "KubeletReady", "kubelet is posting ready status");
    }
}
