using System.Globalization;

namespace Naru.Agent.Nodes;

/// <summary>What the kernel tells about this host beyond <see cref="Naru.Core.Hosts.HostFacts"/>.</summary>
internal static class HostReadings
{
    public static string BootId() => ReadLine("/proc/sys/kernel/random/boot_id");

    public static string MachineId() => ReadLine("/etc/machine-id");

    /// <summary>Size and free bytes of the disk below a directory.</summary>
    public static (long Size, long Free) Disk(string directory)
    {
        try
        {
            var drive = new DriveInfo(directory);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (IOException)
        {
            return default;
        }
    }

    /// <summary>Processor time spent on work since boot, all processors together.</summary>
    public static long BusyNanoseconds()
    {
        // "cpu  user nice system idle iowait irq softirq steal …" in hundredths of a second.
        var numbers = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6]) * 10_000_000;
    }

    /// <summary>Bytes of memory that processes hold and the kernel cannot take back at once.</summary>
    public static long MemoryUsed() => Memory("MemTotal:") - MemoryAvailable();

    /// <summary>Bytes of memory that processes could still get.</summary>
    public static long MemoryAvailable() => Memory("MemAvailable:");

    /// <summary>Processes that the kernel would let run.</summary>
    public static long MostProcesses() => long.TryParse(ReadLine("/proc/sys/kernel/pid_max"), CultureInfo.InvariantCulture, out var most) ? most : 32768;

    /// <summary>Processes and threads that run.</summary>
    public static long Processes()
    {
        // "0.00 0.01 0.05 1/123 4567": the number after the slash.
        var words = ReadLine("/proc/loadavg").Split(' ');
        return words.Length > 3 && words[3].Split('/') is [_, var all] && long.TryParse(all, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }

    private static long Memory(string field)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                var number = line.AsSpan(field.Length).Trim();
                return long.Parse(number[..number.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return long.MaxValue;
    }

    private static string ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
