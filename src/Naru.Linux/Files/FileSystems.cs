namespace Naru.Linux.Files;

/// <summary>Calls about a whole file system.</summary>
public static unsafe class FileSystems
{
    /// <summary>Waits until all that was written to the file system that holds the path is on disk.</summary>
    public static void Sync(string path)
    {
        using var handle = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        LinuxException.ThrowIfFailed(FileCalls.SyncFileSystem((int)handle.DangerousGetHandle()), "syncfs", path);
    }

    /// <summary>Room of the file system that holds the path.</summary>
    public static FileSystemSpace GetSpace(string path)
    {
        using var handle = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.PathOnly);
        return GetSpace((int)handle.DangerousGetHandle(), path);
    }

    internal static FileSystemSpace GetSpace(int descriptor) => GetSpace(descriptor, "directory");

    private static FileSystemSpace GetSpace(int descriptor, string path)
    {
        StatVfs buffer;
        LinuxException.ThrowIfFailed(FileCalls.StatFileSystem(descriptor, &buffer), "statvfs", path);
        return new()
        {
            Total = checked((long)(buffer.Blocks * buffer.FragmentSize)),
            Free = checked((long)(buffer.FreeBlocks * buffer.FragmentSize)),
            Available = checked((long)(buffer.AvailableBlocks * buffer.FragmentSize)),
            Files = (long)buffer.Files,
            FreeFiles = (long)buffer.FreeFiles,
        };
    }
}
