using System.Runtime.InteropServices;
using Naru.Linux.Files;

namespace Naru.Linux.Processes;

/// <summary>Controls of terminals (tty_ioctl(4)).</summary>
public static unsafe partial class Terminals
{
    private const nuint SetWindowSize = 0x5414;

    /// <summary>Sets the size in characters; the foreground process is told by SIGWINCH.</summary>
    public static void Resize(SafeHandle terminal, ushort rows, ushort columns)
    {
        var size = stackalloc ushort[] { rows, columns, 0, 0 };
        LinuxException.ThrowIfFailed(Control(terminal, SetWindowSize, size), "resize", "a terminal");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, nuint request, ushort* size);
}
