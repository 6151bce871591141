using System.Text;

namespace Naru.Traffic.Files;

/// <summary>Writes files that are bind-mounted into containers: the same inode gets new contents.</summary>
internal static class InPlaceFile
{
    private const UnixFileMode WorldReadable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    internal static void Write(string path, string contents)
    {
        var bytes = Encoding.UTF8.GetBytes(contents);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0, UnixCreateMode = WorldReadable });
        if (file.Length == bytes.Length)
        {
            var current = new byte[bytes.Length];
            if (file.ReadAtLeast(current, current.Length, throwOnEndOfStream: false) == bytes.Length && current.AsSpan().SequenceEqual(bytes))
            {
                return;
            }

            file.Position = 0;
        }

        file.Write(bytes);
        file.SetLength(bytes.Length);

        // The process' umask must not hide the file from an unprivileged user inside.
        if (File.GetUnixFileMode(path) != WorldReadable)
        {
            File.SetUnixFileMode(path, WorldReadable);
        }
    }
}
