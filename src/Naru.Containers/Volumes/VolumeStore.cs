using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Core.Volumes;
using Naru.Linux.Files;

namespace Naru.Containers.Volumes;

/// <summary>Docker's local volumes. The directory of the disk is the truth; this is its picture in memory, one gate a volume.</summary>
public sealed class VolumeStore(EngineDirectories directories, IEvents events, TimeProvider time, ILogger<VolumeStore> logger)
    : IVolumes, IEngineStage
{
    private const string LocalDriver = "local";
    private readonly VolumeDisk _disk = new(directories.DataPath("volumes"), logger);
    private readonly ConcurrentDictionary<string, VolumeEntry> _entries = new(StringComparer.Ordinal);
    private ImmutableArray<IVolumeUser> _users = [];

    public int Order => 300;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var record in _disk.Load())
        {
            _entries[record.Name] = new VolumeEntry { Record = record, Volume = record.ToVolume(_disk.DataOf(record.Name)) };
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ImmutableArray<Volume> List() =>
        [.. _entries.Values.Select(entry => entry.Volume).OfType<Volume>().OrderBy(volume => volume.Name, StringComparer.Ordinal)];

    public Volume? Find(string name) => _entries.TryGetValue(name, out var entry) ? entry.Volume : null;

    public Volume Get(string name) => Find(name) ?? throw NaruException.NotFound($"get {name}: no such volume");

    public void AddUser(IVolumeUser user) => ImmutableInterlocked.Update(ref _users, static (users, added) => users.Add(added), user);

    public async Task<Volume> CreateAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        var anonymous = spec.Anonymous || spec.Name.Length == 0;
        var name = spec.Name.Length == 0 ? VolumeNames.MakeUp() : spec.Name;
        if (spec.Driver is not ("" or LocalDriver))
        {
            throw NaruException.NotFound($"create {name}: error looking up volume plugin {spec.Driver}: plugin {VolumeNames.Quote(spec.Driver)} not found");
        }

        VolumeNames.Check(name);
        while (true)
        {
            var entry = _entries.GetOrAdd(name, static _ => new VolumeEntry());
            await entry.Gate.WaitAsync(cancellationToken);
            try
            {
                if (!entry.Gone)
                {
                    return entry.Volume ?? Make(entry, spec, name, anonymous);
                }
            }
            finally
            {
                entry.Gate.Release();
            }
        }
    }

    public async Task RemoveAsync(string name, bool force, CancellationToken cancellationToken)
    {
        if (Find(name) is null && force)
        {
            return;
        }

        string away;
        using (var locked = await LockAsync(name, cancellationToken))
        {
            var users = UsersOf(name).Concat(locked.Entry.Users).Distinct().ToImmutableArray();
            if (users.Length > 0)
            {
                throw NaruException.Conflict($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
            }

            try
            {
                away = _disk.MoveAway(name);
            }
            catch (IOException failure)
            {
                throw new NaruException(ErrorKind.Internal, $"remove {name}: {failure.Message}", failure);
            }

            locked.Entry.Gone = true;
            locked.Entry.Volume = null;
            _entries.TryRemove(new(name, locked.Entry));
        }

        Tell("destroy", name);
        await Task.Run(() => _disk.Delete(away), CancellationToken.None);
    }

    public async Task<(ImmutableArray<string> Names, long Reclaimed)> PruneAsync(bool all, Func<Volume, bool> allowed, CancellationToken cancellationToken)
    {
        var (names, reclaimed) = (ImmutableArray.CreateBuilder<string>(), 0L);
        foreach (var volume in List().Where(volume => (all || volume.Anonymous) && !UsersOf(volume.Name).Any() && allowed(volume)))
        {
            try
            {
                var size = await SizeAsync(volume.Name, cancellationToken);
                await RemoveAsync(volume.Name, force: false, cancellationToken);
                names.Add(volume.Name);
                reclaimed += Math.Max(size, 0);
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // Taken into use or removed meanwhile.
            }
        }

        return (names.ToImmutable(), reclaimed);
    }

    public async Task<string> MountAsync(string name, string user, CancellationToken cancellationToken)
    {
        using var locked = await LockAsync(name, cancellationToken);
        var volume = locked.Volume;
        if (VolumeMount.IsNeeded(volume))
        {
            await VolumeMount.MountAsync(volume, cancellationToken);
        }

        locked.Entry.Users.Add(user);
        return volume.Path;
    }

    public async Task UnmountAsync(string name, string user, CancellationToken cancellationToken)
    {
        if (Find(name) is null)
        {
            return;
        }

        using var locked = await LockAsync(name, cancellationToken);
        if (locked.Entry.Users.Remove(user) && locked.Entry.Users.Count == 0 && VolumeMount.IsNeeded(locked.Volume))
        {
            VolumeMount.Unmount(locked.Volume);
        }
    }

    public async Task CopyUpAsync(string name, string root, string directory, CancellationToken cancellationToken)
    {
        using var locked = await LockAsync(name, cancellationToken);
        using var source = VolumeCopyUp.TryOpenSource(root, directory);
        if (source is null)
        {
            return;
        }

        var isMountedHere = VolumeMount.IsNeeded(locked.Volume) && locked.Entry.Users.Count == 0;
        if (isMountedHere)
        {
            await VolumeMount.MountAsync(locked.Volume, cancellationToken);
        }

        try
        {
            if (locked.Record.Population == Population.Copying || VolumeCopyUp.IsEmpty(locked.Volume.Path))
            {
                Save(locked.Entry, locked.Record with { Population = Population.Copying });
                await Task.Run(() => VolumeCopyUp.Copy(source, locked.Volume.Path, cancellationToken), cancellationToken);
                Save(locked.Entry, locked.Record with { Population = Population.None });
            }
        }
        finally
        {
            if (isMountedHere)
            {
                VolumeMount.Unmount(locked.Volume);
            }
        }
    }

    public Task<long> SizeAsync(string name, CancellationToken cancellationToken)
    {
        // What options mount may be far away and endless: docker does not count it either.
        var volume = Get(name);
        return volume.Options.Count > 0 ? Task.FromResult(-1L) : Task.Run(() => TreeSize.Measure(volume.Path, cancellationToken).Bytes, cancellationToken);
    }

    /// <summary>Takes off what an earlier run mounted and nobody uses any more. To be called once the running containers are adopted.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var volume in List().Where(VolumeMount.IsNeeded))
        {
            using var locked = await LockAsync(volume.Name, cancellationToken);
            if (locked.Entry.Users.Count == 0)
            {
                VolumeMount.Unmount(volume);
            }
        }
    }

    private Volume Make(VolumeEntry entry, VolumeSpec spec, string name, bool anonymous)
    {
        try
        {
            VolumeOptionRules.Check(name, spec.Options);
            var record = new VolumeRecord
            {
                Name = name,
                Created = time.GetUtcNow(),
                Labels = anonymous ? spec.Labels.SetItem(VolumeNames.AnonymousLabel, "") : spec.Labels,
                Options = spec.Options,
                Anonymous = anonymous,
            };
            _disk.Create(record);
            entry.Record = record;
            entry.Volume = record.ToVolume(_disk.DataOf(name));
        }
        catch
        {
            entry.Gone = true;
            _entries.TryRemove(new(name, entry));
            throw;
        }

        Tell("create", name);
        return entry.Volume;
    }

    private void Save(VolumeEntry entry, VolumeRecord record)
    {
        _disk.Write(record, durable: false);
        entry.Record = record;
    }

    private async Task<LockedVolume> LockAsync(string name, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            await entry.Gate.WaitAsync(cancellationToken);
            if (entry is { Gone: false, Record: not null })
            {
                return new LockedVolume(entry);
            }

            entry.Gate.Release();
        }

        throw NaruException.NotFound($"get {name}: no such volume");
    }

    private IEnumerable<string> UsersOf(string name) => _users.SelectMany(user => user.UsersOf(name));

    private void Tell(string action, string name) => events.Publish(new EngineEvent
    {
        Type = "volume",
        Action = action,
        ActorId = name,
        Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("driver", LocalDriver),
    });

    private readonly struct LockedVolume(VolumeEntry entry) : IDisposable
    {
        internal VolumeEntry Entry => entry;

        internal Volume Volume => entry.Volume!;

        internal VolumeRecord Record => entry.Record!;

        public void Dispose() => entry.Gate.Release();
    }
}
