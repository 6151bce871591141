using System.Globalization;

namespace Naru.Linux.Cgroups;

/// <summary>Reading and writing of control files, which come and go with their group.</summary>
internal static class CgroupFile
{
    /// <summary>False when the file is missing or the kernel refuses the value.</summary>
    public static bool TryWrite(string path, string value)
    {
        try
        {
            Write(path, value);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes in one call, as control files want it.</summary>
    public static void Write(string path, string value)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(value));
    }

    /// <summary>The content without the final line end; null when the file is missing or cannot be read.</summary>
    public static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A single number; null when missing or <c>max</c>.</summary>
    public static ulong? TryReadNumber(string path) =>
        ulong.TryParse(TryRead(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Lines of <c>name value</c>; empty when missing.</summary>
    public static Dictionary<string, ulong> ReadPairs(string path)
    {
        var pairs = new Dictionary<string, ulong>();
        foreach (var line in (TryRead(path) ?? "").Split('\n'))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && ulong.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                pairs[line[..space]] = value;
            }
        }

        return pairs;
    }
}
