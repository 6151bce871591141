using System.Runtime.InteropServices;

namespace Naru.Linux.Cgroups;

/// <summary>rmdir(2) alone removes a control group: its files cannot be deleted.</summary>
internal static partial class CgroupCalls
{
    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);
}
