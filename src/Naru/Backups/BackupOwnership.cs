using System.Formats.Tar;
using Naru.Linux.Files;

namespace Naru.Backups;

/// <summary>Gives a restored file its owner, mode and time.</summary>
internal static class BackupOwnership
{
    public static void Apply(string path, TarEntry entry)
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var directory = RootedDirectory.Open(Path.GetDirectoryName(path)!);
            directory.ChangeOwner(Path.GetFileName(path), (uint)entry.Uid, (uint)entry.Gid, follow: false);
        }

        // The mode after the owner: a change of owner takes set-user bits away.
        File.SetUnixFileMode(path, entry.Mode);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
    }
}
