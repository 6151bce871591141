using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Naru.Agent.Csi.Wire;
using Naru.Agent.Pods;
using Naru.Agent.Volumes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Values;

namespace Naru.Agent.Csi;

/// <summary>
/// Volumes that drivers mount: made ready on the node once, given to pods, and taken back in the opposite order. What will have to be undone is on disk before a driver is asked, and every
/// call may be repeated, as the interface demands of drivers too.
/// </summary>
internal sealed partial class CsiVolumes(
    CsiRegistry registry, CsiPlaces places, CsiRecords records, CsiContext context, CsiNodeWriter writer, INodeMounts mounts, INodeFiles files, TimeProvider time, ILogger<CsiVolumes> logger)
{
    private static readonly TimeSpan PublishAgain = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _staged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);

    /// <summary>Mounts a volume for a pod. May be repeated.</summary>
    /// <exception cref="NaruException">It cannot be mounted now: the driver has not registered, the volume is not attached, or the driver refuses.</exception>
    public async Task PrepareAsync(PodView pod, CsiSource source, string target, VolumeGroup group, CancellationToken cancellationToken)
    {
        var declared = context.DriverOf(source.Driver);
        CheckLife(source, declared);
        var driver = registry.Get(source.Driver);
        var isAttached = !source.IsInline && declared.Boolean("attachRequired") != false;
        var staging = driver.Stages && !source.IsInline ? places.StagingOf(source.Driver, source.Handle) : "";
        records.Write(new CsiRecord(pod.Uid, source.Name, source.Driver, source.Handle, target, staging, isAttached ? source.DeviceName : ""));
        if (isAttached)
        {
            await TellUseAsync(cancellationToken);
        }

        var attachment = !isAttached ? [] : context.Attached(source) ?? throw new NaruException(ErrorKind.Unavailable, $"volume \"{source.PersistentVolume}\" is not attached to this node yet: waiting for {source.Driver}");
        using var held = await HoldAsync(source.Driver, source.Handle, cancellationToken);
        if (staging.Length > 0)
        {
            await StageAsync(driver, source, staging, attachment, group, cancellationToken);
        }

        if (!_published.ContainsKey(target) || !mounts.IsMounted(target))
        {
            await PublishAsync(pod, driver, source, target, staging, attachment, group, cancellationToken);
            if (!source.ReadOnly && !source.IsBlock && !driver.TakesGroup && GivesToGroup(source, declared))
            {
                group.TakeOver(files, target);
            }
        }
    }

    /// <summary>Tells the driver anew of a pod's volume, where it wants to be told time and again.</summary>
    public async Task RefreshAsync(PodView pod, CsiSource source, string target, VolumeGroup group, CancellationToken cancellationToken)
    {
        if (context.DriverOf(source.Driver).Boolean("requiresRepublish") != true || registry.Find(source.Driver) is not { } driver
            || (_published.TryGetValue(target, out var last) && last + PublishAgain > time.GetUtcNow()))
        {
            return;
        }

        var staging = driver.Stages && !source.IsInline ? places.StagingOf(source.Driver, source.Handle) : "";
        using var held = await HoldAsync(source.Driver, source.Handle, cancellationToken);
        await PublishAsync(pod, driver, source, target, staging, context.Attached(source) ?? [], group, cancellationToken);
    }

    /// <summary>Takes all volumes of a pod back.</summary>
    /// <exception cref="NaruException">Unavailable and others: a driver is not there or refuses; what is left to do is on disk.</exception>
    public async Task RemoveAsync(string uid, CancellationToken cancellationToken)
    {
        var mine = records.Of(uid);
        foreach (var record in mine)
        {
            await RemoveAsync(record, cancellationToken);
        }

        if (mine.Any(static one => one.Device.Length > 0))
        {
            await TellUseAsync(cancellationToken);
        }
    }

    /// <summary>What a driver knows of a pod's volume: room in bytes and files; null where it tells nothing.</summary>
    public async Task<NodeSpace?> SpaceAsync(CsiSource source, string target, CancellationToken cancellationToken)
    {
        if (registry.Find(source.Driver) is not { HasStats: true } driver)
        {
            return null;
        }

        var request = new NodeGetVolumeStatsRequest { VolumeId = source.Handle, VolumePath = target, StagingTargetPath = driver.Stages && !source.IsInline ? places.StagingOf(source.Driver, source.Handle) : "" };
        var usage = (await driver.CallAsync((node, options) => node.NodeGetVolumeStatsAsync(request, options), cancellationToken)).Usage;
        var bytes = usage.FirstOrDefault(static one => one.Unit == VolumeUsage.Types.Unit.Bytes);
        var inodes = usage.FirstOrDefault(static one => one.Unit == VolumeUsage.Types.Unit.Inodes);
        return bytes is null ? null : new NodeSpace(bytes.Total, bytes.Available, inodes?.Total ?? 0, inodes?.Available ?? 0);
    }

    /// <summary>Has the driver make the file system as large as the volume.</summary>
    public async Task<bool> ExpandAsync(CsiSource source, string target, CancellationToken cancellationToken)
    {
        if (registry.Find(source.Driver) is not { Expands: true } driver)
        {
            return false;
        }

        var request = new NodeExpandVolumeRequest
        {
            VolumeId = source.Handle,
            VolumePath = target,
            CapacityRange = new CapacityRange { RequiredBytes = source.Capacity },
            StagingTargetPath = driver.Stages ? places.StagingOf(source.Driver, source.Handle) : "",
            VolumeCapability = source.CapabilityFor(driver, null),
        };
        request.Secrets.Add(context.Secrets(source.ExpandSecret));
        using var held = await HoldAsync(source.Driver, source.Handle, cancellationToken);
        await driver.CallAsync((node, options) => node.NodeExpandVolumeAsync(request, options), cancellationToken);
        return true;
    }

    private async Task StageAsync(CsiDriver driver, CsiSource source, string staging, Dictionary<string, string> attachment, VolumeGroup group, CancellationToken cancellationToken)
    {
        // A run of the driver, or of the machine, that came after does not know what an earlier one did.
        if (_staged.ContainsKey(staging) && mounts.IsMounted(staging))
        {
            return;
        }

        Directory.CreateDirectory(staging);
        var request = new NodeStageVolumeRequest { VolumeId = source.Handle, StagingTargetPath = staging, VolumeCapability = source.CapabilityFor(driver, group.Id) };
        request.PublishContext.Add(attachment);
        request.VolumeContext.Add(source.Attributes.ToDictionary());
        request.Secrets.Add(context.Secrets(source.StageSecret));
        await driver.CallAsync((node, options) => node.NodeStageVolumeAsync(request, options), cancellationToken);
        _staged[staging] = true;
    }

    private async Task PublishAsync(
        PodView pod, CsiDriver driver, CsiSource source, string target, string staging, Dictionary<string, string> attachment, VolumeGroup group, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var declared = context.DriverOf(source.Driver);
        var request = new NodePublishVolumeRequest
        {
            VolumeId = source.Handle,
            TargetPath = target,
            StagingTargetPath = staging,
            VolumeCapability = source.CapabilityFor(driver, group.Id),
            Readonly = source.ReadOnly,
        };
        request.PublishContext.Add(attachment);
        request.VolumeContext.Add(context.For(pod, source, declared));
        request.Secrets.Add(context.Secrets(source.PublishSecret, pod, declared));
        await driver.CallAsync((node, options) => node.NodePublishVolumeAsync(request, options), cancellationToken);
        _published[target] = time.GetUtcNow();
    }

    private async Task RemoveAsync(CsiRecord record, CancellationToken cancellationToken)
    {
        var driver = registry.Get(record.Driver);
        using var held = await HoldAsync(record.Driver, record.Handle, cancellationToken);
        await driver.CallAsync((node, options) => node.NodeUnpublishVolumeAsync(new NodeUnpublishVolumeRequest { VolumeId = record.Handle, TargetPath = record.Target }, options), cancellationToken);
        _published.TryRemove(record.Target, out _);
        if (record.Staging.Length > 0 && !records.All().Any(other => other.Staging == record.Staging && (other.Uid, other.Volume) != (record.Uid, record.Volume)))
        {
            await driver.CallAsync((node, options) => node.NodeUnstageVolumeAsync(new NodeUnstageVolumeRequest { VolumeId = record.Handle, StagingTargetPath = record.Staging }, options), cancellationToken);
            _staged.TryRemove(record.Staging, out _);
            files.RemoveTree(Path.GetDirectoryName(record.Staging)!);
        }

        records.Remove(record);
        LogTakenBack(record.Handle, record.Driver);
    }

    private Task TellUseAsync(CancellationToken cancellationToken) =>
        writer.SetInUseAsync(records.All().Select(static one => one.Device).Where(static device => device.Length > 0).ToHashSet(), cancellationToken);

    private async Task<IDisposable> HoldAsync(string driver, string handle, CancellationToken cancellationToken)
    {
        var one = _locks.GetOrAdd($"{driver}^{handle}", static _ => new SemaphoreSlim(1, 1));
        await one.WaitAsync(cancellationToken);
        return new Held(one);
    }

    private static void CheckLife(CsiSource source, MapValue declared)
    {
        var (wanted, lives) = (source.IsInline ? "Ephemeral" : "Persistent", declared.List("volumeLifecycleModes")?.Texts().ToList() ?? []);
        if (!(lives.Count == 0 ? wanted == "Persistent" : lives.Contains(wanted)))
        {
            throw new NaruException(
                ErrorKind.FailedPrecondition, $"volume mode \"{wanted}\" not supported by driver {source.Driver} (only supports [{string.Join(' ', lives.DefaultIfEmpty("Persistent").Select(static one => $"\"{one}\""))}])");
        }
    }

    private static bool GivesToGroup(CsiSource source, MapValue declared) => (declared.Text("fsGroupPolicy") ?? "ReadWriteOnceWithFSType") switch
    {
        "None" => false,
        "File" => true,
        _ => source.FileSystem.Length > 0 && source.AccessModes.All(static mode => mode is "ReadWriteOnce" or "ReadWriteOncePod"),
    };

    private sealed class Held(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }

    [LoggerMessage(17513, LogLevel.Debug, "Volume {Handle} was given back to {Driver}")]
    private partial void LogTakenBack(string handle, string driver);
}
