namespace Naru.Core.Hosts;

/// <summary>Files of this host that pods see as volumes: what an agent does to them that needs the kernel. Any thread.</summary>
public interface INodeFiles
{
    /// <summary>Makes a directory hold exactly these files, all at once for whoever looks: the names are links through one link that is swapped. Does nothing
    /// where it holds them already. True if something changed.</summary>
    bool Publish(string directory, IReadOnlyCollection<PublishedFile> files, long? group);

    /// <summary>What lies at a path, links followed.</summary>
    NodeFileKind KindOf(string path);

    /// <summary>The bytes of a regular file below a directory, whose links lead nowhere else; null: there is none.</summary>
    /// <exception cref="Errors.NaruException">FailedPrecondition: it is longer than <paramref name="most"/>.</exception>
    byte[]? ReadBelow(string directory, string path, int most);

    /// <summary>Makes a directory (and those above it) where there is none, with exactly this mode.</summary>
    void MakeDirectory(string path, int mode);

    /// <summary>Makes a directory where there is none, whose own directories have nothing to do with each other and come and go: the file system may keep them apart.</summary>
    void MakeScattered(string path);

    /// <summary>Gives a directory and all below it to a group that may write there, and has new files belong to it too.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="group">The group.</param>
    /// <param name="evenIfGiven">Also where the directory itself is the group's already, and so what is below it may be expected to be.</param>
    void GiveToGroup(string directory, long group, bool evenIfGiven);

    /// <summary>Copies a directory with all that is below it (owners, modes, times, links, attributes) to a place that does not exist yet, at once for whoever looks. Bytes are shared
    /// where the file system can. What a crash cut short is begun anew.</summary>
    Task CopyTreeAsync(string source, string target, CancellationToken cancellationToken);

    /// <summary>Removes a directory and all below it, following no link; what is mounted there stays. Does nothing if there is none.</summary>
    void RemoveTree(string directory);
}

/// <summary>A file to be published.</summary>
/// <param name="Path">Relative path, without <c>..</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">Its owner; null: root.</param>
public sealed record PublishedFile(string Path, ReadOnlyMemory<byte> Content, int Mode, long? User = null);

/// <summary>What lies at a path.</summary>
public enum NodeFileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>Something else.</summary>
    Other,
}
