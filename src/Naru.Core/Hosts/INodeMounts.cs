using Naru.Core.Errors;

namespace Naru.Core.Hosts;

/// <summary>Mounts on this host that the volumes of pods need. Targets lie in directories of naru's own and are made where they are missing; every call may be repeated.
/// What the kernel refuses comes out as <see cref="System.IO.IOException"/>. Any thread.</summary>
public interface INodeMounts
{
    /// <summary>Something is mounted exactly there.</summary>
    bool IsMounted(string path);

    /// <summary>Shows a directory or file of the host, with what is mounted below it, at a second place; whatever was mounted at that place goes first.</summary>
    void Bind(string source, string target, bool readOnly);

    /// <summary>Shows what a path inside a volume leads to at a second place. The kernel resolves the path and lets no link lead out of the volume; what it found is what is mounted,
    /// whatever becomes of the names meanwhile. What is missing is made as directories, as accessible as the volume itself.
    /// <see cref="ErrorKind.InvalidArgument"/>: the path leads out of the volume.</summary>
    void BindBelow(string volume, string path, string target);

    /// <summary>A file system in memory, everybody's to write. Nothing happens where one is mounted.</summary>
    /// <param name="target">Where.</param>
    /// <param name="bytes">How much it may hold; zero: what the kernel allows.</param>
    void MountMemory(string target, long bytes);

    /// <summary>Has mounts that are made below a directory seen wherever the directory is mounted.</summary>
    void Share(string directory);

    /// <summary>Takes off everything that is mounted at a path and below it.</summary>
    void UnmountBelow(string path);

    /// <summary>Shows a file as a block device. The file is made where it is missing, without taking room, and grows to the size; so does a device that shows it already.</summary>
    /// <returns>Path of the device.</returns>
    string ShowFile(string file, long bytes);

    /// <summary>Ends that. Does nothing where it is not shown.</summary>
    void HideFile(string file);

    /// <summary>Room of the file system that holds a path.</summary>
    NodeSpace SpaceOf(string path);

    /// <summary>What the files below a directory take, on its own file system: bytes on disk and names.</summary>
    (long Bytes, long Files) Measure(string directory, CancellationToken cancellationToken);
}

/// <summary>Room of a file system, in bytes and in files.</summary>
public sealed record NodeSpace(long Bytes, long Available, long Files, long FilesFree);
