using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>Mounts that show files as a user namespace's own: who is 0 on disk is its root, and what its root writes belongs to 0 on disk (mount_setattr(2), Linux 5.12).</summary>
public static unsafe class MappedMounts
{
    private const nuint Clone = 1;
    private const nuint CloseOnExec = 0x80000;
    private const nuint Recursive = 0x8000;
    private const ulong MapIds = 0x100000;
    private const uint FromEmptyPath = 4;

    /// <summary>Shows a directory or file, links followed, at a second place. On failure nothing is left mounted.</summary>
    /// <param name="source">What is shown.</param>
    /// <param name="target">An existing directory or file, as the source is one.</param>
    /// <param name="users">The user namespace.</param>
    /// <param name="recursive">With what is mounted below.</param>
    /// <exception cref="LinuxException">Among others, InvalidArgument: a file system of these cannot do it; NotPermitted: one of them shows other users already.</exception>
    public static void Bind(string source, string target, SafeFileHandle users, bool recursive)
    {
        ArgumentNullException.ThrowIfNull(users);
        using var nativeSource = new NativePath(source, stackalloc byte[NativePath.StackSize]);
        using var nativeTarget = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        var attributes = new MountAttributes { Set = MapIds, UserNamespace = (ulong)users.DangerousGetHandle() };
        byte nothing = 0;
        fixed (byte* sourceBytes = nativeSource, targetBytes = nativeTarget)
        {
            var clone = MountCalls.OpenTree(MountCalls.OpenTreeNumber, FileCalls.AtCurrent, sourceBytes, Clone | CloseOnExec | (recursive ? Recursive : 0));
            LinuxException.ThrowIfFailed(clone, "open_tree", source);
            using var handle = new SafeFileHandle(clone, ownsHandle: true);
            LinuxException.ThrowIfFailed(
                MountCalls.SetAttributes(MountCalls.MountSetAttributesNumber, clone, &nothing, (nuint)FileCalls.AtEmptyPath | (recursive ? Recursive : 0), &attributes, (nuint)sizeof(MountAttributes)),
                "mount_setattr",
                source);
            LinuxException.ThrowIfFailed(
                MountCalls.MoveMount(MountCalls.MoveMountNumber, clone, &nothing, FileCalls.AtCurrent, targetBytes, FromEmptyPath), "move_mount", target);
        }
    }
}
