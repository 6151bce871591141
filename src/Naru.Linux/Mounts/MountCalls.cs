using System.Runtime.InteropServices;

namespace Naru.Linux.Mounts;

/// <summary>The kernel's entries for mounts; the numbers of the newer ones are equal on every architecture.</summary>
internal static unsafe partial class MountCalls
{
    internal const int OpenTreeNumber = 428;
    internal const int MoveMountNumber = 429;
    internal const int FsOpenNumber = 430;
    internal const int FsConfigNumber = 431;
    internal const int FsMountNumber = 432;
    internal const int MountSetAttributesNumber = 442;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true)]
    internal static partial int Mount(byte* source, byte* target, byte* type, nuint flags, byte* data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true)]
    internal static partial int Unmount(byte* target, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint OpenTree(nint number, nint directory, byte* path, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint FsOpen(nint number, byte* type, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint FsConfig(nint number, nint context, nint command, byte* key, byte* value, nint auxiliary);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint FsMount(nint number, nint context, nuint flags, nuint attributes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint MoveMount(nint number, nint from, byte* fromPath, nint to, byte* toPath, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SetAttributes(nint number, nint directory, byte* path, nuint flags, MountAttributes* attributes, nuint size);
}

/// <summary>struct mount_attr (linux/mount.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MountAttributes
{
    public ulong Set;
    public ulong Clear;
    public ulong Propagation;
    public ulong UserNamespace;
}
