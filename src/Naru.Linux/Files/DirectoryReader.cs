using System.Buffers;
using System.Buffers.Binary;

namespace Naru.Linux.Files;

/// <summary>Reads a directory with getdents64.</summary>
internal static unsafe class DirectoryReader
{
    private const int BufferSize = 32 * 1024;

    /// <summary>All entries without "." and ".."; the descriptor must stand at the start.</summary>
    internal static List<DirectoryEntry> Read(int directory, string path)
    {
        var entries = new List<DirectoryEntry>();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            fixed (byte* bytes = buffer)
            {
                while (true)
                {
                    var length = (int)LinuxException.ThrowIfFailed(
                        FileCalls.GetDirectoryEntries(FileCalls.GetDirectoryEntriesNumber, directory, bytes, BufferSize), "readdir", path);
                    if (length == 0)
                    {
                        return entries;
                    }

                    Parse(buffer.AsSpan(0, length), entries);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // struct linux_dirent64: u64 inode, s64 offset, u16 length, u8 type, name.
    private static void Parse(ReadOnlySpan<byte> buffer, List<DirectoryEntry> entries)
    {
        while (buffer.Length >= 19)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(buffer[16..]);
            var name = buffer[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add(new(PosixText.Decode(name), (FileKind)(buffer[18] << 12)));
            }

            buffer = buffer[length..];
        }
    }
}
