using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>From a container to its inspection and its line in the list.</summary>
internal static class InspectMap
{
    public static ContainerInspect Inspect(Container container, HostDefaults defaults, INetworks networks, ApiVersion version)
    {
        var arguments = container.Arguments.IsEmpty ? CommandOf(container.Spec.Process) : [.. container.Arguments];
        var live = container.Status.Network;
        return new ContainerInspect
        {
            Id = container.Id.Value,
            Created = GoTime.Format(container.Created),
            Path = arguments.Length > 0 ? arguments[0] : "",
            Args = arguments.Length > 1 ? arguments[1..] : [],
            State = StateOf(container.Status),
            Image = container.ImageId.Value,
            ResolvConfPath = live.ResolvConfPath.Length > 0 ? live.ResolvConfPath : PathOf(container, "resolv.conf"),
            HostnamePath = live.HostnamePath.Length > 0 ? live.HostnamePath : PathOf(container, "hostname"),
            HostsPath = live.HostsPath.Length > 0 ? live.HostsPath : PathOf(container, "hosts"),
            LogPath = container.LogPath,
            Name = "/" + container.Name,
            RestartCount = container.Status.RestartCount,
            Driver = "overlay2",
            Platform = container.Spec.Platform?.Os ?? "linux",
            ExecIDs = container.ExecIds.IsEmpty ? null : [.. container.ExecIds],
            HostConfig = HostConfigMap.Show(container.Spec, defaults) with { Runtime = container.Runtime.Length > 0 ? container.Runtime : defaults.Runtime },
            GraphDriver = new DriverData { Name = "overlay2", Data = new SortedDictionary<string, string> { ["SnapshotKey"] = container.SnapshotKey } },
            Mounts = [.. container.Mounts.Select(ShowMount)],
            Config = ContainerConfigMap.Show(container, defaults),
            NetworkSettings = NetworkSettingsOf(container, networks, version),
        };
    }

    public static ContainerSummary Summarise(Container container, INetworks networks, DateTimeOffset now, string imageName, ApiVersion version)
    {
        var arguments = container.Arguments.IsEmpty ? CommandOf(container.Spec.Process) : [.. container.Arguments];
        return new ContainerSummary
        {
            Id = container.Id.Value,
            Names = ["/" + container.Name],
            Image = imageName,
            ImageID = container.ImageId.Value,
            Command = string.Join(' ', arguments.Select((word, index) => index == 0 ? word : Quoted(word))),
            Created = container.Created.ToUnixTimeSeconds(),
            Ports = PortsOf(container),
            Labels = WireMaps.Map(container.Spec.Labels),
            State = StateWords.Of(container.Status.Phase),
            Status = StateWords.Sentence(container.Status, now),
            HostConfig = new SummaryHostConfig
            {
                NetworkMode = container.Spec.Network.Mode is "" or "default" ? "bridge" : container.Spec.Network.Mode,
                Annotations = WireMaps.MapOrNull(container.Spec.Annotations),
            },
            NetworkSettings = new SummaryNetworks { Networks = EndpointsOf(container, networks, version) },
            Mounts = [.. container.Mounts.Select(ShowMount)],
            Health = new SummaryHealth
            {
                Status = container.Status.Health is { } health ? HealthMap.WordOf(health.Verdict) : "none",
                FailingStreak = container.Status.Health?.FailingStreak ?? 0,
            },
        };
    }

    /// <summary>The networks by name: live ones as they are, else what was asked.</summary>
    public static SortedDictionary<string, EndpointSettings> EndpointsOf(Container container, INetworks networks, ApiVersion version)
    {
        var map = new SortedDictionary<string, EndpointSettings>(StringComparer.Ordinal);
        foreach (var (name, endpoint) in container.Status.Network.Endpoints)
        {
            map[name] = NetworkMap.Show(endpoint, version, container);
        }
        var asked = container.Spec.Network;
        var mode = asked.Disabled ? "none" : asked.Mode is "" or "default" ? "bridge" : asked.Mode;
        if (mode.StartsWith("container:", StringComparison.Ordinal))
        {
            return map;
        }
        foreach (var (reference, endpoint) in asked.Endpoints)
        {
            var network = networks.Find(reference);
            map.TryAdd(network?.Spec.Name ?? reference, NetworkMap.Show(endpoint, network?.Id ?? ""));
        }
        if (asked.Endpoints.IsEmpty && map.Count == 0)
        {
            var network = networks.Find(mode);
            map.TryAdd(network?.Spec.Name ?? mode, NetworkMap.Show(new EndpointSpec { MacAddress = asked.MacAddress }, network?.Id ?? ""));
        }
        return map;
    }

    public static string[] CommandOf(ProcessSpec process) => [.. process.Entrypoint ?? [], .. process.Command ?? []];

    private static ContainerState StateOf(ContainerStatus status) => new()
    {
        Status = StateWords.Of(status.Phase),
        Running = status.Phase is ContainerPhase.Running or ContainerPhase.Paused or ContainerPhase.Restarting,
        Paused = status.Phase == ContainerPhase.Paused,
        Restarting = status.Phase == ContainerPhase.Restarting,
        OOMKilled = status.OomKilled,
        Dead = status.Phase == ContainerPhase.Dead,
        Pid = status.Pid,
        ExitCode = status.ExitCode,
        Error = status.Error,
        StartedAt = GoTime.Format(status.StartedAt),
        FinishedAt = GoTime.Format(status.FinishedAt),
        Health = HealthMap.ToWire(status.Health),
    };

    private static NetworkSettings NetworkSettingsOf(Container container, INetworks networks, ApiVersion version)
    {
        var endpoints = EndpointsOf(container, networks, version);
        endpoints.TryGetValue("bridge", out var bridge);
        return new NetworkSettings
        {
            Bridge = "",
            SandboxID = container.Status.Network.Id,
            SandboxKey = container.Status.Network.NamespacePath,
            HairpinMode = false,
            LinkLocalIPv6Address = "",
            LinkLocalIPv6PrefixLen = 0,
            Ports = NetworkMap.Show(container),
            EndpointID = bridge?.EndpointID ?? "",
            Gateway = bridge?.Gateway ?? "",
            GlobalIPv6Address = bridge?.GlobalIPv6Address ?? "",
            GlobalIPv6PrefixLen = bridge?.GlobalIPv6PrefixLen ?? 0,
            IPAddress = bridge?.IPAddress ?? "",
            IPPrefixLen = bridge?.IPPrefixLen ?? 0,
            IPv6Gateway = bridge?.IPv6Gateway ?? "",
            MacAddress = bridge?.MacAddress ?? "",
            Networks = endpoints,
        };
    }

    private static PortSummary[] PortsOf(Container container)
    {
        var ports = new List<PortSummary>();
        foreach (var (name, places) in NetworkMap.Show(container))
        {
            var slash = name.IndexOf('/');
            var inside = int.Parse(name.AsSpan(0, slash), System.Globalization.CultureInfo.InvariantCulture);
            foreach (var place in places ?? [null!])
            {
                ports.Add(new PortSummary
                {
                    IP = place?.HostIp,
                    PrivatePort = inside,
                    PublicPort = place is null ? 0 : int.Parse(place.HostPort!, System.Globalization.CultureInfo.InvariantCulture),
                    Type = name[(slash + 1)..],
                });
            }
        }
        return [.. ports];
    }

    private static Wire.MountPoint ShowMount(Core.Containers.MountPoint mount) => new()
    {
        Type = mount.Kind switch { MountKind.Bind => "bind", MountKind.Volume => "volume", MountKind.Tmpfs => "tmpfs", MountKind.Image => "image" },
        Name = WireMaps.NullIfEmpty(mount.VolumeName),
        Source = mount.Source,
        Destination = mount.Target,
        Driver = WireMaps.NullIfEmpty(mount.Driver),
        Mode = mount.Mode.Length == 0 && mount.Kind == MountKind.Volume ? "z" : mount.Mode,
        RW = mount.Writable,
        Propagation = mount.Kind == MountKind.Bind && mount.Propagation.Length == 0 ? "rprivate" : mount.Propagation,
    };

    private static string PathOf(Container container, string file) =>
        container.StateDirectory.Length == 0 ? "" : $"{container.StateDirectory}/{file}";

    private static string Quoted(string word) => word.Contains(' ', StringComparison.Ordinal) ? $"'{word}'" : word;
}
