using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>
/// A directory whose own directories have nothing to do with each other and come and go, as containers do. ext4 is told so and puts each into a part of the disk of its own: else all are in one, where
/// whoever makes a file walks over every file that was deleted in the last minutes.
/// </summary>
/// <remarks>The flag T of chattr(1): see ioctl_iflags(2), FS_TOPDIR_FL. Other file systems do not know it, and do not need it.</remarks>
public static unsafe partial class ScatteredDirectory
{
    private const nuint GetFlags = 0x80086601;
    private const nuint SetFlags = 0x40086602;
    private const uint TopOfHierarchies = 0x20000;

    // As of any directory, less what the process masks.
    private const UnixFileMode Any = (UnixFileMode)0x1FF;

    /// <summary>Makes the directory if it is missing, and tells the file system what it is for.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void Create(string path, UnixFileMode? mode = null)
    {
        Directory.CreateDirectory(path, mode ?? Any);
        using var directory = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (TryGetFlags(directory, out var flags) && (flags & TopOfHierarchies) == 0)
        {
            // Refused: then it is slower, and as right as before.
            flags |= TopOfHierarchies;
            _ = Control(directory, SetFlags, &flags);
        }
    }

    /// <summary>Whether the file system knows that this is such a directory.</summary>
    internal static bool Is(string path)
    {
        using var directory = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly | OpenFlags.Directory);
        return TryGetFlags(directory, out var flags) && (flags & TopOfHierarchies) != 0;
    }

    private static bool TryGetFlags(SafeFileHandle directory, out uint flags)
    {
        uint found = 0;
        var done = Control(directory, GetFlags, &found) == 0;
        flags = found;
        return done;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, nuint request, uint* flags);
}
