using System.Collections.Concurrent;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Usage;

/// <summary>What pods have written to this node's disk. Counting walks directories, so that an answer is good for a while.</summary>
internal sealed class PodDisk(IContainerUsage usage, PodFiles files, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, long Bytes)> _known = new(StringComparer.Ordinal);

    /// <summary>Bytes of a container's writable layer.</summary>
    public async Task<long> OfAsync(PodContainer container, CancellationToken cancellationToken)
    {
        if (Known(container.Id.Value) is { } known)
        {
            return known;
        }

        try
        {
            return Keep(container.Id.Value, (await usage.DiskAsync(container.Engine, cancellationToken)).Writable);
        }
        catch (NaruException)
        {
            // It is being removed.
            return 0;
        }
    }

    /// <summary>Bytes in a pod's volumes that lie on the node's disk and belong to it alone, by volume.</summary>
    public IReadOnlyDictionary<string, long> VolumesOf(PodView pod)
    {
        var all = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in pod.Spec.Maps("volumes").Where(static one => one.Map("emptyDir") is { } empty && empty.Text("medium") is null or "").Select(static one => one.Text("name") ?? ""))
        {
            var directory = Path.Combine(files.Of(pod.Uid), "volumes", name);
            all[name] = Known(directory) ?? Keep(directory, Count(directory));
        }

        return all;
    }

    /// <summary>What is known of a pod that is gone is forgotten.</summary>
    public void Sweep()
    {
        var old = time.GetUtcNow() - (10 * GoodFor);
        foreach (var (key, value) in _known)
        {
            if (value.At < old)
            {
                _known.TryRemove(key, out _);
            }
        }
    }

    private static long Count(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*", All).Sum(static file => file.Length) : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Files come and go while they are counted.
            return 0;
        }
    }

    private long? Known(string key) => _known.TryGetValue(key, out var known) && time.GetUtcNow() - known.At < GoodFor ? known.Bytes : null;

    private long Keep(string key, long bytes)
    {
        _known[key] = (time.GetUtcNow(), bytes);
        return bytes;
    }
}
