using Naru.Configuration;
using Naru.Linux.Doctor;
using Naru.Sockets;

namespace Naru.Commands;

/// <summary>Doctor's checks of naru's own configuration.</summary>
internal static class InstanceChecks
{
    public static IEnumerable<HostCheck> All(NaruOptions options)
    {
        yield return new HostCheck { Area = "naru", Name = "group", Inspect = () => Group(options) };
        yield return new HostCheck { Area = "naru", Name = "environment", Inspect = Variables };
        yield return new HostCheck { Area = "naru", Name = "data-dir", Inspect = () => DataDirectory(options) };
    }

    private static HostFinding Group(NaruOptions options) =>
        SocketFiles.GroupId(options.SocketGroup) is { } id
            ? HostFinding.Good($"{options.SocketGroup} ({id}) may use docker.sock")
            : HostFinding.Notice($"there is no group {options.SocketGroup}; only root may use docker.sock", $"groupadd --system {options.SocketGroup}");

    private static HostFinding Variables()
    {
        var unknown = ConfigurationLoader.UnknownVariables(EnvironmentVariables.Read()).ToArray();
        return unknown.Length == 0
            ? HostFinding.Good("all NARU_ variables are options")
            : HostFinding.Notice($"no option: {string.Join(", ", unknown)}", "compare with 'naru up --help'");
    }

    private static HostFinding DataDirectory(NaruOptions options)
    {
        if (!Directory.Exists(options.DataDirectory))
        {
            return HostFinding.Good($"{options.DataDirectory} is made at the first start");
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return (File.GetUnixFileMode(options.DataDirectory) & Others) == 0
            ? HostFinding.Good($"{options.DataDirectory} is root's alone")
            : HostFinding.Notice($"{options.DataDirectory} is open to others", $"chmod 700 {options.DataDirectory}");
    }
}
