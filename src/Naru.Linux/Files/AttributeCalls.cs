using System.Runtime.InteropServices;

namespace Naru.Linux.Files;

/// <summary>The calls for extended attributes that follow a link at the path's end.</summary>
internal static unsafe partial class AttributeCalls
{
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true)]
    internal static partial nint GetFollowing(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true)]
    internal static partial int SetFollowing(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true)]
    internal static partial nint ListFollowing(byte* path, byte* list, nuint size);
}
