using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Notify;

/// <summary>One inotify instance: any number of watched files and directories, read by one reader without holding a thread.</summary>
public sealed class FileWatcher : IDisposable
{
    private const int HeaderSize = 16;
    private readonly DescriptorPoller _poller;
    private readonly SafeFileHandle _inotify;
    private readonly byte[] _buffer = new byte[8192];

    public FileWatcher(DescriptorPoller poller)
    {
        _poller = poller;
        _inotify = NotifyCalls.InotifyInit1(NotifyCalls.InotifyCloexec | NotifyCalls.InotifyNonBlock);
        if (_inotify.IsInvalid)
        {
            throw LinuxException.Last("create", "an inotify instance");
        }
    }

    /// <summary>Watches a path; watching it again replaces its kinds. Returns the number its events carry.</summary>
    public int Add(string path, FileEventKinds kinds) =>
        LinuxException.ThrowIfFailed(NotifyCalls.InotifyAddWatch(_inotify, path, (uint)kinds), "watch", path);

    /// <summary>Ends a watch; harmless when it has ended.</summary>
    public void Remove(int watch) => _ = NotifyCalls.InotifyRemoveWatch(_inotify, watch);

    /// <summary>Waits for events and adds them to the list.</summary>
    public async Task ReadAsync(List<FileEvent> events, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (count, errno) = TryRead();
            if (count > 0)
            {
                Parse(_buffer.AsSpan(0, count), events);
                return;
            }

            if (errno is not (Errno.Again or Errno.Interrupted))
            {
                throw new LinuxException(errno, "read", "an inotify instance");
            }

            await _poller.ReadableAsync(_inotify, cancellationToken);
        }
    }

    public void Dispose() => _inotify.Dispose();

    private unsafe (int Count, Errno Errno) TryRead()
    {
        fixed (byte* bytes = _buffer)
        {
            var count = NotifyCalls.Read(_inotify, bytes, _buffer.Length);
            return ((int)count, count < 0 ? Descriptors.LastErrno() : Errno.None);
        }
    }

    private static void Parse(ReadOnlySpan<byte> bytes, List<FileEvent> events)
    {
        while (bytes.Length >= HeaderSize)
        {
            var watch = MemoryMarshal.Read<int>(bytes);
            var mask = MemoryMarshal.Read<uint>(bytes[4..]);
            var length = MemoryMarshal.Read<int>(bytes[12..]);
            var name = bytes.Slice(HeaderSize, length);
            var end = name.IndexOf((byte)0);
            events.Add(new FileEvent(watch, (FileEventKinds)mask, System.Text.Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            bytes = bytes[(HeaderSize + length)..];
        }
    }
}
