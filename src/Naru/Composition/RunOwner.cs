using System.Globalization;
using System.Text;
using Naru.Commands;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Composition;

/// <summary>
/// Whose containers a run directory holds. The network namespaces, pipes and pids of running containers lie there: an instance of another data directory would take
/// them for leavings of its own and sweep them away from under the containers.
/// </summary>
internal static class RunOwner
{
    private const string Name = "instance";

    /// <summary>Notes that the run directory is this instance's.</summary>
    /// <param name="directories">This instance's.</param>
    /// <param name="processes">Where the kernel shows processes.</param>
    /// <exception cref="CommandFailure">Containers of another instance run in it.</exception>
    public static void Claim(EngineDirectories directories, string processes = "/proc")
    {
        var path = directories.RunPath(Name);
        if (Read(path) is { } owner && owner.Id != directories.InstanceId && HasRunning(directories, processes))
        {
            throw new CommandFailure(
                ExitCodes.Busy,
                $"containers of data-dir {owner.DataDirectory} run on run-dir {directories.Run}. Start naru on that data-dir, or give this one its own --run-dir.");
        }

        try
        {
            AtomicFile.Replace(path, Encoding.UTF8.GetBytes($"{directories.InstanceId}\n{directories.Data}\n"), durable: false, mode: 0x1A4);
        }
        catch (Exception exception) when (exception is IOException or LinuxException)
        {
            // On a full disk naru must start all the same: it is what makes room.
        }
    }

    private static (string Id, string DataDirectory)? Read(string path) =>
        File.Exists(path) && File.ReadAllLines(path) is [var id, var data, ..] ? (id, data) : null;

    private static bool HasRunning(EngineDirectories directories, string processes)
    {
        var containers = new DirectoryInfo(directories.RunPath("containers"));
        return containers.Exists && containers.EnumerateDirectories().Any(container => IsRunning(container, processes));
    }

    // By its control group, which ends in the container's id: another process may have the number of one that ended.
    private static bool IsRunning(DirectoryInfo container, string processes)
    {
        try
        {
            return int.TryParse(File.ReadAllText(Path.Combine(container.FullName, "pid")).AsSpan().Trim(), CultureInfo.InvariantCulture, out var pid)
                && File.ReadAllText(Path.Combine(processes, $"{pid}", "cgroup")).Contains($"/{container.Name}", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
