using Naru.Linux.Files;

namespace Naru.Sockets;

/// <summary>Owner and mode of the files of unix sockets.</summary>
internal static class SocketFiles
{
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Opens a socket to its owner and group: 0660. Until this is called only root can connect, since binding leaves no
    /// write permission to others; the owner is set first, so that nobody in between gets in.</summary>
    public static void Allow(string path, uint user, uint group)
    {
        using var directory = RootedDirectory.Open(Path.GetDirectoryName(path)!);
        directory.ChangeOwner(Path.GetFileName(path), user, group, follow: false);
        File.SetUnixFileMode(path, OwnerAndGroup);
    }

    /// <summary>The id of a group in /etc/group; null if there is none of that name.</summary>
    public static uint? GroupId(string name, string groupFile = "/etc/group")
    {
        foreach (var line in File.ReadLines(groupFile))
        {
            var fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == name && uint.TryParse(fields[2], out var id))
            {
                return id;
            }
        }

        return null;
    }
}
