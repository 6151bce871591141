using System.Globalization;

namespace Naru.Linux.Hosts;

/// <summary>Small readers of /proc, /sys and /etc. What is missing reads as empty.</summary>
public static class ProcFiles
{
    /// <summary>Ticks of /proc/stat in a second (USER_HZ, the same on all architectures served).</summary>
    private const ulong TicksPerSecond = 100;

    /// <summary>The whole text without white space at its ends.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Bytes of memory that the kernel manages (MemTotal).</summary>
    public static long TotalMemory()
    {
        foreach (var line in Read("/proc/meminfo").Split('\n'))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
            {
                return long.Parse(line["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    /// <summary>Processors online.</summary>
    public static int OnlineProcessors()
    {
        var count = 0;
        foreach (var range in Read("/sys/devices/system/cpu/online").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            count += int.Parse(ends[^1], CultureInfo.InvariantCulture) - int.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
        }

        return count > 0 ? count : Environment.ProcessorCount;
    }

    /// <summary>Processor time of the whole host since boot in nanoseconds, idle time included, as docker counts it.</summary>
    public static ulong HostProcessorTime()
    {
        var fields = Read("/proc/stat").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = 0UL;
        foreach (var field in fields.Skip(1).Take(7))
        {
            ticks += ulong.Parse(field, CultureInfo.InvariantCulture);
        }

        return ticks * (1_000_000_000 / TicksPerSecond);
    }

    /// <summary>A field of os-release(5).</summary>
    public static string OsRelease(string field)
    {
        var text = Read("/etc/os-release");
        text = text.Length > 0 ? text : Read("/usr/lib/os-release");
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(field + "=", StringComparison.Ordinal));
        return line is null ? "" : line[(field.Length + 1)..].Trim().Trim('"', '\'');
    }
}
