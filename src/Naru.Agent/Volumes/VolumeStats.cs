using System.Collections.Concurrent;
using Naru.Agent.Csi;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>What a volume of a pod holds.</summary>
/// <param name="Name">Its name in the pod.</param>
/// <param name="Claim">Name of its claim; empty: it has none.</param>
/// <param name="Space">Room of what it lies on.</param>
/// <param name="Bytes">Bytes that it takes.</param>
/// <param name="Files">Files that it takes.</param>
internal sealed record VolumeReading(string Name, string Claim, NodeSpace Space, long Bytes, long Files);

/// <summary>Measures the volumes of pods that are not directories of the pod alone: claims and file systems in memory. Counting walks directories, so that an answer is good for a while.</summary>
internal sealed class VolumeStats(PodVolumes volumes, ClaimedVolumes claims, CsiVolumes csi, INodeMounts mounts, TimeProvider time)
{
    private const int MostKnown = 4096;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, VolumeReading Reading)> _known = new(StringComparer.Ordinal);

    /// <summary>The volumes of a pod that can be measured now.</summary>
    public async Task<IReadOnlyList<VolumeReading>> OfAsync(PodView pod, CancellationToken cancellationToken)
    {
        var all = new List<VolumeReading>();
        foreach (var volume in pod.Spec.Maps("volumes").Where(static one => ClaimedVolumes.Takes(one) || EmptyDirs.InMemory(one)))
        {
            var key = $"{pod.Uid}/{volume.Text("name")}";
            if (_known.TryGetValue(key, out var known) && time.GetUtcNow() - known.At < GoodFor)
            {
                all.Add(known.Reading);
                continue;
            }

            try
            {
                if (await MeasureAsync(pod, volume, cancellationToken) is { } reading)
                {
                    Keep(key, reading);
                    all.Add(reading);
                }
            }
            catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
            {
                // Not mounted yet, or no longer; or its driver does not answer.
            }
        }

        return all;
    }

    private async Task<VolumeReading?> MeasureAsync(PodView pod, MapValue volume, CancellationToken cancellationToken)
    {
        var (name, place) = (volume.Text("name") ?? "", volumes.SourceOf(pod, volume));
        if (EmptyDirs.InMemory(volume))
        {
            return mounts.IsMounted(place) && mounts.SpaceOf(place) is var room ? new VolumeReading(name, "", room, room.Bytes - room.Available, room.Files - room.FilesFree) : null;
        }

        var claim = ClaimedVolumes.ClaimOf(pod, volume);
        if (claims.DriverVolumeOf(pod, volume) is { } source)
        {
            return await csi.SpaceAsync(source, place, cancellationToken) is { } told ? new VolumeReading(name, claim, told, told.Bytes - told.Available, told.Files - told.FilesFree) : null;
        }

        var (bytes, files) = mounts.Measure(place, cancellationToken);
        return new VolumeReading(name, claim, mounts.SpaceOf(place), bytes, files);
    }

    private void Keep(string key, VolumeReading reading)
    {
        if (_known.Count > MostKnown)
        {
            _known.Clear();
        }

        _known[key] = (time.GetUtcNow(), reading);
    }
}
