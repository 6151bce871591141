using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Core.Volumes;

/// <summary>The volumes of this host. Unknown names are <see cref="ErrorKind.NotFound"/> (<c>get x: no such volume</c>).</summary>
public interface IVolumes
{
    /// <summary>All volumes, by name.</summary>
    ImmutableArray<Volume> List();

    /// <summary>One volume.</summary>
    Volume Get(string name);

    /// <summary>One volume, or null.</summary>
    Volume? Find(string name);

    /// <summary>Makes a volume, or returns the one of that name as it is (docker does not compare options and labels). <see cref="ErrorKind.NotFound"/>: no such driver.</summary>
    Task<Volume> CreateAsync(VolumeSpec spec, CancellationToken cancellationToken);

    /// <summary>Removes a volume that no container uses. <see cref="ErrorKind.Conflict"/>: <c>remove x: volume is in use - [id]</c>. With force an unknown one is no error.</summary>
    Task RemoveAsync(string name, bool force, CancellationToken cancellationToken);

    /// <summary>Removes volumes that nothing uses: anonymous ones, or with <paramref name="all"/> all.</summary>
    Task<(ImmutableArray<string> Names, long Reclaimed)> PruneAsync(bool all, Func<Volume, bool> allowed, CancellationToken cancellationToken);

    /// <summary>Makes its files ready for a start (mounts what its options say) and returns their directory. Counted per user; may be repeated.</summary>
    Task<string> MountAsync(string name, string user, CancellationToken cancellationToken);

    /// <summary>Undoes one <see cref="MountAsync"/>.</summary>
    Task UnmountAsync(string name, string user, CancellationToken cancellationToken);

    /// <summary>Copies the files below a directory of an image into a volume that is empty (owners, modes, links and attributes kept). Called when a
    /// container is created; a copy that a crash cut short is done again.</summary>
    /// <param name="name">Volume.</param>
    /// <param name="root">Mounted root of the container.</param>
    /// <param name="directory">Absolute path inside it; missing: nothing is copied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task CopyUpAsync(string name, string root, string directory, CancellationToken cancellationToken);

    /// <summary>Bytes of its files.</summary>
    Task<long> SizeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Tells the store who uses volumes (containers do).</summary>
    void AddUser(IVolumeUser user);
}

/// <summary>Somebody that uses volumes.</summary>
public interface IVolumeUser
{
    /// <summary>Ids of the containers that use it.</summary>
    IEnumerable<string> UsersOf(string volume);
}

/// <summary>A volume asked for.</summary>
public sealed record VolumeSpec
{
    /// <summary>Name; empty: made up, an anonymous volume.</summary>
    public string Name { get; init; } = "";

    /// <summary>Made for one container that named no volume; true too when the name is empty.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Driver; empty: local.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Options of the driver.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
