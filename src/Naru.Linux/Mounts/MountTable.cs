using System.Globalization;
using System.Text;
using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>What is mounted, as mountinfo tells it (proc_pid_mountinfo(5)).</summary>
public static class MountTable
{
    /// <summary>The mounts that this process sees, in the order they were mounted below each other.</summary>
    public static IReadOnlyList<MountEntry> Read() => Parse(File.ReadAllText("/proc/self/mountinfo", Encoding.Latin1));

    /// <summary>The mounts of another process, null if it is gone.</summary>
    public static IReadOnlyList<MountEntry>? TryRead(int processId)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{processId}/mountinfo", Encoding.Latin1));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>True if something is mounted exactly there.</summary>
    public static bool IsMounted(string target) => Read().Any(entry => entry.Target == target);

    /// <summary>The mount that holds the path; the path must be free of links.</summary>
    public static MountEntry Find(string path) =>
        Read().Where(entry => path == entry.Target || path.StartsWith(entry.Target.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(entry => entry.Target.Length)!;

    internal static IReadOnlyList<MountEntry> Parse(string mountInfo) =>
        [.. mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseLine)];

    private static MountEntry ParseLine(string line)
    {
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-", 6);
        var device = fields[2].Split(':');
        return new()
        {
            Id = int.Parse(fields[0], CultureInfo.InvariantCulture),
            ParentId = int.Parse(fields[1], CultureInfo.InvariantCulture),
            Device = new(uint.Parse(device[0], CultureInfo.InvariantCulture), uint.Parse(device[1], CultureInfo.InvariantCulture)),
            Root = Unescape(fields[3]),
            Target = Unescape(fields[4]),
            Options = [.. fields[5].Split(',')],
            Tags = [.. fields[6..separator]],
            Type = Unescape(fields[separator + 1]),
            Source = Unescape(fields[separator + 2]),
            SuperOptions = [.. Unescape(fields[separator + 3]).Split(',')],
        };
    }

    /// <summary>Space, tab, newline and backslash come as three octal digits; the rest is bytes.</summary>
    private static string Unescape(string field)
    {
        var bytes = new byte[field.Length];
        var length = 0;
        for (var index = 0; index < field.Length; index++)
        {
            if (field[index] == '\\' && index + 3 < field.Length)
            {
                bytes[length++] = (byte)(((field[index + 1] - '0') << 6) | ((field[index + 2] - '0') << 3) | (field[index + 3] - '0'));
                index += 3;
            }
            else
            {
                bytes[length++] = (byte)field[index];
            }
        }

        return PosixText.Decode(bytes.AsSpan(0, length));
    }
}
