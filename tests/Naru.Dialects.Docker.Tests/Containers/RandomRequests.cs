using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Tests.Containers;

/// <summary>Create requests with every field that is shown again, filled by chance; what an engine fills in itself is filled here.</summary>
internal static class RandomRequests
{
    public static ContainerCreateRequest Make(Random random) => new()
    {
        Image = "busybox",
        HostConfig = new HostConfig
        {
            Binds = Some(random, "/host:/inside", "data:/data:ro", "/x:/y:rslave,ro"),
            LogConfig = new LogConfig { Type = Pick(random, "json-file", "none"), Config = random.Next(2) == 0 ? [] : Map(("max-size", "1m")) },
            NetworkMode = Pick(random, "bridge", "host", "none", "net", "container:other"),
            PortBindings = random.Next(3) switch
            {
                0 => null,
                1 => [],
                _ => new() { ["80/tcp"] = [new PortBinding { HostIp = "127.0.0.1", HostPort = "8080" }, new PortBinding()], ["53/udp"] = [new PortBinding { HostPort = "5000-5010" }] },
            },
            RestartPolicy = new RestartPolicy { Name = Pick(random, "no", "always", "unless-stopped") },
            VolumeDriver = Pick(random, "", "local"),
            VolumesFrom = Some(random, "other:ro"),
            ConsoleSize = random.Next(2) == 0 ? [0, 0] : [24, 80],
            Annotations = random.Next(2) == 0 ? null : Map(("a", "b")),
            CapAdd = Some(random, "NET_ADMIN"),
            CapDrop = Some(random, "ALL"),
            CgroupnsMode = Pick(random, "host", "private"),
            Dns = Some(random, "1.1.1.1"),
            DnsOptions = Some(random, "ndots:1"),
            DnsSearch = Some(random, "example.org"),
            ExtraHosts = Some(random, "a:10.0.0.1", "b:host-gateway", "c:::1"),
            GroupAdd = Some(random, "audio"),
            IpcMode = Pick(random, "private", "shareable", "host", "container:x"),
            Links = Some(random, "db:alias"),
            OomScoreAdj = random.Next(-1000, 1000),
            PidMode = Pick(random, "", "host", "container:x"),
            Privileged = random.Next(2) == 0,
            PublishAllPorts = random.Next(2) == 0,
            ReadonlyRootfs = random.Next(2) == 0,
            SecurityOpt = Some(random, "no-new-privileges", "seccomp=unconfined"),
            StorageOpt = random.Next(2) == 0 ? null : Map(("size", "10G")),
            Tmpfs = random.Next(2) == 0 ? null : Map(("/tmp", "size=1m"), ("/run", "")),
            UTSMode = Pick(random, "", "host"),
            UsernsMode = Pick(random, "", "host"),
            ShmSize = random.Next(1, 1000) * 4096L,
            Sysctls = random.Next(2) == 0 ? null : Map(("net.ipv4.ip_forward", "1")),
            Runtime = Pick(random, "runc", "crun"),
            Isolation = Pick(random, "", "default"),
            Mounts = random.Next(2) == 0 ? null : Mounts(random),
            MaskedPaths = [.. Enumerable.Repeat("/proc/kcore", random.Next(2))],
            ReadonlyPaths = [.. Enumerable.Repeat("/proc/sys", random.Next(2))],
            Init = random.Next(3) switch { 0 => null, 1 => true, _ => false },
            Memory = random.Next(2) * 64L << 20,
            MemorySwap = 1L << 30,
            MemoryReservation = random.Next(2) * 4096L,
            MemorySwappiness = random.Next(2) == 0 ? null : random.Next(101),
            NanoCpus = random.Next(2) * 1_500_000_000L,
            CpuShares = random.Next(2) * 512L,
            CpusetCpus = Pick(random, "", "0-1"),
            CpusetMems = Pick(random, "", "0"),
            CgroupParent = Pick(random, "", "/mine"),
            PidsLimit = random.Next(2) == 0 ? null : 100,
            OomKillDisable = random.Next(2) == 0,
            BlkioWeight = Pick(random, 0, 10, 1000),
            BlkioWeightDevice = random.Next(3) switch { 0 => null, 1 => [], _ => [new WeightDevice { Path = "/dev/sda", Weight = 100 }] },
            BlkioDeviceReadBps = random.Next(3) switch { 0 => null, 1 => [], _ => [new ThrottleDevice { Path = "/dev/sda", Rate = 1 << 20 }] },
            BlkioDeviceWriteIOps = random.Next(3) switch { 0 => null, 1 => [], _ => [new ThrottleDevice { Path = "/dev/sda", Rate = 100 }] },
            Devices = random.Next(3) switch { 0 => null, 1 => [], _ => [new DeviceMapping { PathOnHost = "/dev/null", PathInContainer = "/dev/x", CgroupPermissions = "rwm" }] },
            DeviceCgroupRules = Some(random, "c 1:3 rwm"),
            DeviceRequests = random.Next(3) switch { 0 => null, 1 => [], _ => [new DeviceRequest { Driver = "cdi", Count = -1, DeviceIDs = ["a"], Capabilities = [["gpu"]], Options = [] }] },
            Ulimits = random.Next(3) switch { 0 => null, 1 => [], _ => [new Ulimit { Name = "nofile", Soft = 10, Hard = 20 }] },
        },
    };

    private static Mount[] Mounts(Random random) =>
    [
        new Mount
        {
            Type = "bind",
            Source = "/s",
            Target = "/t",
            ReadOnly = random.Next(2) == 0,
            BindOptions = random.Next(2) == 0 ? null : new BindOptions { Propagation = "rshared", CreateMountpoint = true },
        },
        new Mount
        {
            Type = "volume",
            Source = Pick(random, "named", null!),
            Target = "/v",
            VolumeOptions = random.Next(2) == 0 ? null : new VolumeOptions { NoCopy = true, Subpath = "a/b", Labels = Map(("l", "1")), DriverConfig = new DriverConfig { Name = "local", Options = Map(("type", "tmpfs")) } },
        },
        new Mount { Type = "tmpfs", Target = "/m", TmpfsOptions = random.Next(2) == 0 ? null : new TmpfsOptions { SizeBytes = 4096, Mode = 511, Options = [["exec"], ["uid", "5"]] } },
        new Mount { Type = "image", Source = "busybox", Target = "/i", ImageOptions = random.Next(2) == 0 ? null : new ImageOptions { Subpath = "etc" } },
    ];

    private static string[]? Some(Random random, params string[] values) => random.Next(3) switch
    {
        0 => null,
        1 => [],
        _ => values,
    };

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static SortedDictionary<string, string> Map(params (string Key, string Value)[] entries) => new(entries.ToDictionary(entry => entry.Key, entry => entry.Value));
}
