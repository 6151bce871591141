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

    /// <summary>Bytes of memory that processes could still get.</summary>
    public static long MemoryAvailable()
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            {
                var number = line.AsSpan("MemAvailable:".Length).Trim();
                return long.Parse(number[..number.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return long.MaxValue;
    }

    private static string ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
