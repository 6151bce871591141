using System.Runtime.InteropServices;

namespace Naru.Linux.Files;

/// <summary>Copying inside the kernel.</summary>
internal static unsafe partial class CopyCalls
{
    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    internal static partial nint CopyRange(int source, long* sourceOffset, int target, long* targetOffset, nuint length, uint flags);
}
