using System.Buffers;

namespace Naru.Linux.Files;

/// <summary>
/// Extended attributes by path. A link at the path's end is not followed, save for links of /proc/self/fd, which lead to the
/// open file; the callers' paths are all of that kind, or "/proc/self/fd/N/name".
/// </summary>
internal static unsafe class ExtendedAttributes
{
    private const int MaxValue = 64 * 1024;

    internal static byte[]? Get(string path, string attribute)
    {
        using var native = new NativePath(path, stackalloc byte[NativePath.StackSize]);
        using var nativeName = new NativePath(attribute, stackalloc byte[NativePath.StackSize]);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxValue);
        try
        {
            fixed (byte* bytes = native, name = nativeName, value = buffer)
            {
                var length = IsLinkToDescriptor(path)
                    ? GetThroughLink(bytes, name, value)
                    : FileCalls.GetAttribute(bytes, name, value, MaxValue);
                return length >= 0 ? buffer[..(int)length]
                    : AtCalls.LastErrno() is Errno.NoData or Errno.NotSupported ? null
                    : throw LinuxException.Last("getxattr", $"{path} {attribute}");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static Errno TrySet(string path, string attribute, ReadOnlySpan<byte> value)
    {
        using var native = new NativePath(path, stackalloc byte[NativePath.StackSize]);
        using var nativeName = new NativePath(attribute, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native, name = nativeName, content = value)
        {
            var result = IsLinkToDescriptor(path)
                ? AttributeCalls.SetFollowing(bytes, name, content, (nuint)value.Length, 0)
                : FileCalls.SetAttribute(bytes, name, content, (nuint)value.Length, 0);
            return result < 0 ? AtCalls.LastErrno() : Errno.None;
        }
    }

    internal static void Set(string path, string attribute, ReadOnlySpan<byte> value) =>
        AtCalls.ThrowIf(TrySet(path, attribute, value), "setxattr", $"{path} {attribute}");

    internal static IReadOnlyList<string> List(string path)
    {
        using var native = new NativePath(path, stackalloc byte[NativePath.StackSize]);
        Span<byte> small = stackalloc byte[1024];
        fixed (byte* bytes = native, list = small)
        {
            var follow = IsLinkToDescriptor(path);
            var length = ListInto(bytes, list, (nuint)small.Length, follow);
            if (length == 0)
            {
                return [];
            }

            if (length > 0)
            {
                return Split(small[..(int)length]);
            }

            if (AtCalls.LastErrno() == Errno.NotSupported)
            {
                return [];
            }

            var large = new byte[MaxValue];
            fixed (byte* largeList = large)
            {
                length = LinuxException.ThrowIfFailed(ListInto(bytes, largeList, MaxValue, follow), "listxattr", path);
            }

            return Split(large.AsSpan(0, (int)length));
        }
    }

    private static nint GetThroughLink(byte* path, byte* name, byte* value) => AttributeCalls.GetFollowing(path, name, value, MaxValue);

    private static nint ListInto(byte* path, byte* list, nuint size, bool follow) =>
        follow ? AttributeCalls.ListFollowing(path, list, size) : FileCalls.ListAttributes(path, list, size);

    /// <summary>"/proc/self/fd/7" is followed to the file, "/proc/self/fd/7/name" is not followed at its end.</summary>
    private static bool IsLinkToDescriptor(string path) =>
        path.StartsWith("/proc/self/fd/", StringComparison.Ordinal) && path.LastIndexOf('/') == "/proc/self/fd".Length;

    private static List<string> Split(ReadOnlySpan<byte> list)
    {
        var names = new List<string>();
        while (list.IndexOf((byte)0) is var end and >= 0)
        {
            names.Add(PosixText.Decode(list[..end]));
            list = list[(end + 1)..];
        }

        return names;
    }
}
