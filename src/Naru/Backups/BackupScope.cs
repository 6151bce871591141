namespace Naru.Backups;

/// <summary>What of a data directory goes into a backup.</summary>
internal static class BackupScope
{
    // Read in this order: containers name images, networks and volumes, so what they name is read after them.
    private static readonly string[] First = ["instance", "tls", "sockets", "containers"];

    // Locks belong to a running process; what a build left behind is made again.
    private static readonly string[] Never = ["naru.lock", "naru.pid", "cache", "tmp"];

    /// <summary>Files and directories, each directory before what is in it.</summary>
    public static IEnumerable<string> Enumerate(string dataDirectory, bool volumes)
    {
        var tops = new DirectoryInfo(dataDirectory).EnumerateFileSystemInfos()
            .Where(top => !Never.Contains(top.Name))
            .OrderBy(top => Array.IndexOf(First, top.Name) is >= 0 and var place ? place : First.Length)
            .ThenBy(top => top.Name, StringComparer.Ordinal);
        return tops.SelectMany(top => Walk(top, top.Name, volumes));
    }

    private static IEnumerable<string> Walk(FileSystemInfo entry, string relative, bool volumes)
    {
        if (IsContent(relative, volumes))
        {
            yield break;
        }

        yield return entry.FullName;
        if (entry is not DirectoryInfo directory || directory.LinkTarget is not null)
        {
            yield break;
        }

        foreach (var child in List(directory))
        {
            foreach (var path in Walk(child, relative + "/" + child.Name, volumes))
            {
                yield return path;
            }
        }
    }

    private static IReadOnlyList<FileSystemInfo> List(DirectoryInfo directory)
    {
        try
        {
            return [.. directory.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsContent(string relative, bool volumes) =>
        !volumes && relative.Split('/') is ["volumes", _, "_data", _, ..];
}
