namespace Naru.Core.Hosts;

/// <summary>Room on this host's disks. Any thread.</summary>
public interface IHostDisks
{
    /// <summary>Room of the file system that a path is on. Zeroes if it cannot be asked.</summary>
    DiskRoom RoomOf(string path);
}

/// <summary>Room of a file system.</summary>
/// <param name="Size">Bytes in all.</param>
/// <param name="Free">Bytes that ordinary users may still write.</param>
/// <param name="Files">Inodes in all; 0: no fixed number.</param>
/// <param name="FreeFiles">Inodes that are free.</param>
public sealed record DiskRoom(long Size, long Free, long Files, long FreeFiles);
