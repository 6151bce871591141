using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Units;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Limits, both ways, and the partial change of an update.</summary>
internal static class ResourceMap
{
    public static ResourceSpec ToCore(Resources wire)
    {
        Check(wire);
        return new ResourceSpec
        {
            Memory = new ByteSize(wire.Memory),
            MemoryReservation = new ByteSize(wire.MemoryReservation),
            MemorySwap = new ByteSize(wire.MemorySwap),
            MemorySwappiness = wire.MemorySwappiness,
            KernelMemory = new ByteSize(wire.KernelMemory ?? 0),
            KernelMemoryTcp = new ByteSize(wire.KernelMemoryTCP ?? 0),
            NanoCpus = wire.NanoCpus,
            CpuShares = wire.CpuShares,
            CpuPeriodMicroseconds = wire.CpuPeriod,
            CpuQuotaMicroseconds = wire.CpuQuota,
            CpuRealtimePeriodMicroseconds = wire.CpuRealtimePeriod,
            CpuRealtimeRuntimeMicroseconds = wire.CpuRealtimeRuntime,
            CpusetCpus = wire.CpusetCpus ?? "",
            CpusetMems = wire.CpusetMems ?? "",
            PidsLimit = wire.PidsLimit is > 0 ? wire.PidsLimit : null,
            BlockWeight = wire.BlkioWeight,
            BlockWeightDevices = [.. (wire.BlkioWeightDevice ?? []).Select(device => new DeviceWeight(device.Path ?? "", device.Weight))],
            BlockReadBytes = Rates(wire.BlkioDeviceReadBps),
            BlockWriteBytes = Rates(wire.BlkioDeviceWriteBps),
            BlockReadOperations = Rates(wire.BlkioDeviceReadIOps),
            BlockWriteOperations = Rates(wire.BlkioDeviceWriteIOps),
            UserLimits = [.. (wire.Ulimits ?? []).Select(LimitOf)],
            Devices = [.. (wire.Devices ?? []).Select(device => new Core.Containers.DeviceMapping(device.PathOnHost ?? "", device.PathInContainer ?? "", device.CgroupPermissions ?? ""))],
            DeviceRules = WireMaps.List(wire.DeviceCgroupRules),
            DeviceRequests = [.. (wire.DeviceRequests ?? []).Select(RequestOf)],
            OomKillDisabled = wire.OomKillDisable,
            CgroupParent = wire.CgroupParent ?? "",
        };
    }

    /// <summary>Fills the limits of a shown <see cref="Resources"/>; lists as <paramref name="lists"/> remembers them.</summary>
    public static void Show(ResourceSpec spec, Resources wire, EmptyLists lists, int cgroupVersion)
    {
        wire.Memory = spec.Memory.Bytes;
        wire.MemoryReservation = spec.MemoryReservation.Bytes;
        wire.MemorySwap = spec.MemorySwap.Bytes == 0 && spec.Memory.Bytes > 0 ? spec.Memory.Bytes * 2 : spec.MemorySwap.Bytes;
        wire.MemorySwappiness = spec.MemorySwappiness is -1 ? null : spec.MemorySwappiness;
        wire.KernelMemory = spec.KernelMemory.Bytes == 0 ? null : spec.KernelMemory.Bytes;
        wire.KernelMemoryTCP = spec.KernelMemoryTcp.Bytes == 0 ? null : spec.KernelMemoryTcp.Bytes;
        wire.NanoCpus = spec.NanoCpus;
        wire.CpuShares = spec.CpuShares;
        wire.CpuPeriod = spec.CpuPeriodMicroseconds;
        wire.CpuQuota = spec.CpuQuotaMicroseconds;
        wire.CpuRealtimePeriod = spec.CpuRealtimePeriodMicroseconds;
        wire.CpuRealtimeRuntime = spec.CpuRealtimeRuntimeMicroseconds;
        wire.CpusetCpus = spec.CpusetCpus;
        wire.CpusetMems = spec.CpusetMems;
        wire.PidsLimit = spec.PidsLimit is > 0 ? spec.PidsLimit : null;
        wire.BlkioWeight = spec.BlockWeight;
        wire.BlkioWeightDevice = lists.Shown(nameof(wire.BlkioWeightDevice), [.. spec.BlockWeightDevices.Select(device => new WeightDevice { Path = device.Path, Weight = device.Weight })], usuallyNull: false);
        wire.BlkioDeviceReadBps = Rates(spec.BlockReadBytes, nameof(wire.BlkioDeviceReadBps), lists);
        wire.BlkioDeviceWriteBps = Rates(spec.BlockWriteBytes, nameof(wire.BlkioDeviceWriteBps), lists);
        wire.BlkioDeviceReadIOps = Rates(spec.BlockReadOperations, nameof(wire.BlkioDeviceReadIOps), lists);
        wire.BlkioDeviceWriteIOps = Rates(spec.BlockWriteOperations, nameof(wire.BlkioDeviceWriteIOps), lists);
        wire.Ulimits = lists.Shown(nameof(wire.Ulimits), [.. spec.UserLimits.Select(limit => new Ulimit { Name = limit.Name, Soft = limit.Soft, Hard = limit.Hard })], usuallyNull: true);
        wire.Devices = lists.Shown(nameof(wire.Devices), [.. spec.Devices.Select(device => new Wire.DeviceMapping { PathOnHost = device.HostPath, PathInContainer = device.ContainerPath, CgroupPermissions = device.Permissions })], usuallyNull: false);
        wire.DeviceCgroupRules = lists.Shown(nameof(wire.DeviceCgroupRules), spec.DeviceRules, usuallyNull: true);
        wire.DeviceRequests = lists.Shown(nameof(wire.DeviceRequests), [.. spec.DeviceRequests.Select(Show)], usuallyNull: true);
        // Control groups of version 1 can switch the killer off, so there the default shows; version 2 has no such switch.
        wire.OomKillDisable = spec.OomKillDisabled ?? (cgroupVersion == 1 ? false : null);
        wire.CgroupParent = spec.CgroupParent;
    }

    /// <summary>What an update changes: fields at zero stay as they are.</summary>
    public static Func<ResourceSpec, ResourceSpec> ToChange(ContainerUpdateRequest wire)
    {
        var asked = ToCore(wire);
        return old => old with
        {
            Memory = Changed(asked.Memory, old.Memory),
            MemoryReservation = Changed(asked.MemoryReservation, old.MemoryReservation),
            MemorySwap = Changed(asked.MemorySwap, old.MemorySwap),
            KernelMemory = Changed(asked.KernelMemory, old.KernelMemory),
            KernelMemoryTcp = Changed(asked.KernelMemoryTcp, old.KernelMemoryTcp),
            NanoCpus = asked.NanoCpus == 0 ? old.NanoCpus : asked.NanoCpus,
            CpuShares = asked.CpuShares == 0 ? old.CpuShares : asked.CpuShares,
            CpuPeriodMicroseconds = asked.CpuPeriodMicroseconds == 0 ? old.CpuPeriodMicroseconds : asked.CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = asked.CpuQuotaMicroseconds == 0 ? old.CpuQuotaMicroseconds : asked.CpuQuotaMicroseconds,
            CpuRealtimePeriodMicroseconds = asked.CpuRealtimePeriodMicroseconds == 0 ? old.CpuRealtimePeriodMicroseconds : asked.CpuRealtimePeriodMicroseconds,
            CpuRealtimeRuntimeMicroseconds = asked.CpuRealtimeRuntimeMicroseconds == 0 ? old.CpuRealtimeRuntimeMicroseconds : asked.CpuRealtimeRuntimeMicroseconds,
            CpusetCpus = asked.CpusetCpus.Length == 0 ? old.CpusetCpus : asked.CpusetCpus,
            CpusetMems = asked.CpusetMems.Length == 0 ? old.CpusetMems : asked.CpusetMems,
            BlockWeight = asked.BlockWeight == 0 ? old.BlockWeight : asked.BlockWeight,
            BlockWeightDevices = Changed(asked.BlockWeightDevices, old.BlockWeightDevices),
            BlockReadBytes = Changed(asked.BlockReadBytes, old.BlockReadBytes),
            BlockWriteBytes = Changed(asked.BlockWriteBytes, old.BlockWriteBytes),
            BlockReadOperations = Changed(asked.BlockReadOperations, old.BlockReadOperations),
            BlockWriteOperations = Changed(asked.BlockWriteOperations, old.BlockWriteOperations),
            // Both 0 and any negative number lift the limit.
            PidsLimit = wire.PidsLimit is null ? old.PidsLimit : wire.PidsLimit > 0 ? wire.PidsLimit : -1,
        };
    }

    private static ByteSize Changed(ByteSize asked, ByteSize old) => asked.Bytes == 0 ? old : asked;

    private static ImmutableArray<T> Changed<T>(ImmutableArray<T> asked, ImmutableArray<T> old) => asked.IsEmpty ? old : asked;

    private static void Check(Resources wire)
    {
        Refuse(wire.Memory < 0, "invalid memory limit: it cannot be negative");
        Refuse(wire.MemoryReservation < 0, "invalid memory reservation: it cannot be negative");
        Refuse(wire.MemorySwap < -1, "Invalid memory swap value, must be -1, 0 or greater");
        Refuse(wire.MemorySwappiness is < -1 or > 100, $"Invalid value: {wire.MemorySwappiness}, valid memory swappiness range is 0-100");
        Refuse(wire.NanoCpus < 0, "NanoCPUs cannot be negative");
        Refuse(wire.NanoCpus > 0 && wire.CpuPeriod > 0, "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        Refuse(wire.NanoCpus > 0 && wire.CpuQuota > 0, "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        Refuse(wire.CpuShares < 0, $"Invalid CPU shares: {wire.CpuShares}, it cannot be negative");
        Refuse(wire.BlkioWeight is not 0 and (< 10 or > 1000), "Range of blkio weight is from 10 to 1000");
    }

    private static void Refuse(bool broken, string message)
    {
        if (broken)
        {
            throw DockerException.BadRequest(message);
        }
    }

    private static ImmutableArray<DeviceRate> Rates(ThrottleDevice[]? devices) =>
        [.. (devices ?? []).Select(device => device.Rate < 0
            ? throw DockerException.BadRequest($"invalid rate for device: {device.Path}")
            : new DeviceRate(device.Path ?? "", (ulong)device.Rate))];

    private static ThrottleDevice[]? Rates(ImmutableArray<DeviceRate> devices, string name, EmptyLists lists) =>
        lists.Shown(name, [.. devices.Select(device => new ThrottleDevice { Path = device.Path, Rate = (long)device.PerSecond })], usuallyNull: true);

    private static UserLimit LimitOf(Ulimit limit)
    {
        if (limit.Soft > limit.Hard && limit.Hard != -1)
        {
            throw DockerException.BadRequest($"ulimit soft limit must be less than or equal to hard limit: {limit.Soft} > {limit.Hard}");
        }
        return new UserLimit(limit.Name ?? "", limit.Soft, limit.Hard);
    }

    private static Core.Containers.DeviceRequest RequestOf(Wire.DeviceRequest request) => new()
    {
        Driver = request.Driver ?? "",
        Count = request.Count,
        Ids = WireMaps.List(request.DeviceIDs),
        Capabilities = [.. (request.Capabilities ?? []).Select(WireMaps.List)],
        Options = WireMaps.Sorted(request.Options),
    };

    private static Wire.DeviceRequest Show(Core.Containers.DeviceRequest request) => new()
    {
        Driver = request.Driver,
        Count = request.Count,
        DeviceIDs = request.Ids.IsEmpty ? null : [.. request.Ids],
        Capabilities = [.. request.Capabilities.Select(set => set.ToArray())],
        Options = WireMaps.Map(request.Options),
    };
}
