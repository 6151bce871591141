using System.Runtime.InteropServices;

namespace Naru.Linux.Processes;

/// <summary>The C library's heap, in which TLS and nftables work.</summary>
public static partial class NativeHeap
{
    /// <summary>Gives free pages back to the kernel. See malloc_trim(3).</summary>
    public static void Trim()
    {
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without it, such as musl, keeps less by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);
}
