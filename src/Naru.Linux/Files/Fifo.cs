namespace Naru.Linux.Files;

/// <summary>Named pipes.</summary>
public static unsafe class Fifo
{
    /// <summary>Writes a short message to whoever reads the pipe. Never waits: false when nobody reads or the pipe is full or missing.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> message)
    {
        var descriptor = AtCalls.TryOpen(FileCalls.AtCurrent, path, OpenFlags.WriteOnly | OpenFlags.NonBlocking | OpenFlags.NoFollow, 0);
        if (descriptor < 0)
        {
            return false;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        fixed (byte* bytes = message)
        {
            return FileCalls.Write(descriptor, bytes, (nuint)message.Length) == message.Length;
        }
    }
}
