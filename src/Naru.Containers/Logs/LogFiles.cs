using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Containers.Logs;

/// <summary>The files of one log: PATH is being written, PATH.1 is the one before, and so on.</summary>
internal static class LogFiles
{
    /// <summary>Numbers of the rotated files that exist, newest (1) first. Gaps that a crash left are allowed.</summary>
    internal static List<int> Rotated(string path)
    {
        var (directory, prefix) = (Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".");
        var numbers = new List<int>();
        if (Directory.Exists(directory))
        {
            foreach (var file in Directory.EnumerateFiles(directory, prefix + "*"))
            {
                // The pattern also matches the name without the dot.
                var name = Path.GetFileName(file);
                if (name.StartsWith(prefix, StringComparison.Ordinal)
                    && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number > 0)
                {
                    numbers.Add(number);
                }
            }
        }

        numbers.Sort();
        return numbers;
    }

    internal static string NameOf(string path, int number) =>
        number == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    /// <summary>Opens the files that are newer than an inode (0: all), oldest first, each once.</summary>
    internal static List<SafeFileHandle> OpenAfter(string path, ulong inode)
    {
        var files = new List<SafeFileHandle>();
        var seen = new HashSet<ulong>();
        foreach (var number in Rotated(path).Prepend(0))
        {
            if (TryOpen(NameOf(path, number)) is not { } file)
            {
                continue;
            }

            var status = FileStatus.Of(file);
            if (inode != 0 && status.Inode == inode)
            {
                file.Dispose();
                break;
            }

            // Between its link and the monitor's answer a rotation shows one file under two names.
            if (seen.Add(status.Inode))
            {
                files.Add(file);
            }
            else
            {
                file.Dispose();
            }
        }

        files.Reverse();
        return files;
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }
}
