using System.Buffers;

namespace Naru.Linux.Files;

/// <summary>A path as the kernel takes it: bytes with a zero at the end, on the caller's stack where it fits.</summary>
internal ref struct NativePath
{
    internal const int StackSize = 512;

    private readonly Span<byte> _bytes;
    private byte[]? _rented;

    internal NativePath(ReadOnlySpan<char> path, Span<byte> stack)
    {
        var needed = PosixText.GetMaxByteCount(path) + 1;
        if (needed > stack.Length)
        {
            stack = _rented = ArrayPool<byte>.Shared.Rent(needed);
        }

        var length = PosixText.Encode(path, stack);
        if (stack[..length].Contains((byte)0))
        {
            throw new LinuxException(Errno.InvalidArgument, "open", "a path with a zero byte");
        }

        stack[length] = 0;
        _bytes = stack;
    }

    public readonly ref byte GetPinnableReference() => ref _bytes.GetPinnableReference();

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
