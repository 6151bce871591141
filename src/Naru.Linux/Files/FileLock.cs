using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>An flock(2) on a file: held until disposal or until the process dies, whatever way it dies.</summary>
public sealed class FileLock : IDisposable
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Unlock = 8;

    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock at once, making the file where it is missing; null if another process (or handle) holds it.</summary>
    public static FileLock? TryTake(string path, bool shared = false)
    {
        var file = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        if (FileCalls.Lock((int)file.DangerousGetHandle(), (shared ? Shared : Exclusive) | NonBlocking) == 0)
        {
            return new(file);
        }

        var errno = AtCalls.LastErrno();
        file.Dispose();
        return errno == Errno.Again ? null : throw new LinuxException(errno, "flock", path);
    }

    /// <summary>Lets go at once. Closing alone would not do: a child that another thread has just forked holds the descriptor until it runs its program.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            _ = FileCalls.Lock((int)_file.DangerousGetHandle(), Unlock);
        }

        _file.Dispose();
    }
}
