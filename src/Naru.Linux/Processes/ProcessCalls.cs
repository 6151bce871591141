using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Processes;

/// <summary>posix_spawn, pidfd and waitid. See posix_spawn(3), pidfd_open(2), waitid(2).</summary>
internal static unsafe partial class ProcessCalls
{
    public const int FileActionsSize = 256; // sizeof(posix_spawn_file_actions_t) is 80 in glibc and 8 in musl
    public const int AttributesSize = 512; // sizeof(posix_spawnattr_t) is 336 in both
    public const int SignalSetSize = 128;
    public const short SpawnSignalMask = 0x08;
    public const short SpawnSignalDefault = 0x04;
    public const short SpawnNewSession = 0x80;
    public const int PidFdOpenNumber = 434;
    public const int PidFdSendSignalNumber = 424;
    public const int WaitByPidFd = 3;
    public const int WaitExited = 4;
    public const int WaitNoHang = 1;
    public const int SignalInfoSize = 128;
    public const int SignalInfoCode = 8;
    public const int SignalInfoPid = 16;
    public const int SignalInfoStatus = 24;
    public const int CodeExited = 1;

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    public static partial int SpawnByPath(out int pid, byte* program, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsAddDuplicate(byte* actions, int source, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddOpen(byte* actions, int target, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddChangeDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int FileActionsAddCloseFrom(byte* actions, int lowest);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int AttributesSetSignalMask(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int AttributesSetSignalDefault(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int SignalSetEmpty(byte* set);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static partial int SignalSetFill(byte* set);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial SafeFileHandle PidFdOpen(nint number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint PidFdSendSignal(nint number, SafeHandle process, int signal, nint information, uint flags);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, byte* information, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);
}
