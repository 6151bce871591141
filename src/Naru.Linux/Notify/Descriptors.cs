using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Notify;

/// <summary>Small operations on descriptors: pipes, copies, modes. Everything made here is closed on exec.</summary>
public static unsafe partial class Descriptors
{
    private const int DuplicateCloexec = 1030;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlock = 0x800;
    private const int Cloexec = 0x80000;

    /// <summary>A pipe: what is written to the second end is read from the first.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        LinuxException.ThrowIfFailed(PipeCall(ends, Cloexec), "create", "a pipe");
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>A second descriptor of the same open file.</summary>
    /// <param name="descriptor">The first one.</param>
    /// <param name="atLeast">Lowest number that the copy may have.</param>
    public static SafeFileHandle Duplicate(SafeHandle descriptor, int atLeast = 3)
    {
        var copy = Control(descriptor, DuplicateCloexec, atLeast);
        LinuxException.ThrowIfFailed(copy, "duplicate", "a descriptor");
        return new SafeFileHandle(copy, ownsHandle: true);
    }

    /// <summary>Reads and writes of this open file fail with EAGAIN where they would wait.</summary>
    public static void SetNonBlocking(SafeHandle descriptor)
    {
        var flags = LinuxException.ThrowIfFailed(Control(descriptor, GetFlags, 0), "read", "the flags of a descriptor");
        LinuxException.ThrowIfFailed(Control(descriptor, SetFlags, flags | NonBlock), "set", "the flags of a descriptor");
    }

    internal static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int PipeCall(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, int command, int argument);
}
