using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Naru.Configuration;
using Naru.Containers;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Linux.Cgroups;
using Naru.Linux.Doctor;
using Naru.Linux.Mounts;
using Naru.Linux.Namespaces;
using Naru.Linux.Processes;
using IHost = Naru.Core.Hosts.IHost;

namespace Naru.Hosts;

/// <summary>This machine and this engine: what stays is read once when naru starts, what changes at each call.</summary>
internal sealed partial class ThisHost(NaruOptions options, EngineDirectories directories, ContainersOptions containers, ProcessRunner processes, ILogger<ThisHost> logger) : IHost, IEngineStage
{
    private HostFacts? _facts;

    public int Order => 0;

    public HostFacts Read()
    {
        var facts = _facts ??= ReadLasting();
        return facts with
        {
            Name = Environment.MachineName,
            IPv4Forwarding = KernelSetting.Read("net/ipv4/ip_forward") == "1",
            OpenDescriptors = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            Threads = Directory.EnumerateFileSystemEntries("/proc/self/task").Count(),
        };
    }

    /// <summary>Asks the runtime for its version, which takes a process.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var facts = ReadLasting();
        if (facts.Runtimes.TryGetValue(facts.DefaultRuntime, out var program))
        {
            try
            {
                var answer = await processes.RunAsync(new ProcessCommand { Program = program, Arguments = ["--version"] }, cancellationToken);
                facts = facts with { RuntimeVersion = VersionIn(answer.Output) };
            }
            catch (IOException exception)
            {
                LogNoRuntime(facts.DefaultRuntime, exception.Message);
            }
        }

        _facts = facts;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // "crun version 1.8.1" and more lines, or "runc version 1.1.5+ds1".
    internal static string VersionIn(string output) =>
        output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "version", var version, ..] ? version : "";

    private HostFacts ReadLasting()
    {
        var release = OsRelease.Read();
        var cgroups = CgroupLayout.Discover();
        return new HostFacts
        {
            InstanceId = UuidOf(directories.InstanceId),
            Name = Environment.MachineName,
            Version = BuildFacts.Version,
            Commit = BuildFacts.Commit,
            BuildTime = BuildFacts.Time,
            Platform = new Platform { Os = "linux", Architecture = OsRelease.Architecture },
            KernelVersion = KernelSetting.Read("kernel/osrelease") ?? "",
            OperatingSystem = release.GetValueOrDefault("PRETTY_NAME", "Linux"),
            OperatingSystemVersion = release.GetValueOrDefault("VERSION_ID", ""),
            Machine = OsRelease.Machine,
            Processors = Environment.ProcessorCount,
            Memory = ReadMemory(),
            DataDirectory = directories.Data,
            RunDirectory = directories.Run,
            CgroupVersion = cgroups.Version == CgroupVersion.V2 ? 2 : 1,
            CgroupControllers = cgroups.Version == CgroupVersion.V2 ? [.. cgroups.UnifiedControllers] : [.. cgroups.ControllerMounts.Keys],
            Seccomp = KernelSetting.Read("kernel/seccomp/actions_avail") is not null,
            AppArmor = File.Exists("/sys/kernel/security/apparmor/profiles"),
            Runtimes = FindRuntimes(),
            DefaultRuntime = containers.DefaultRuntime,
            InitPath = ToolPaths.FindInit() ?? "",
            BackingFileSystem = FileSystemName(MountTable.Find(directories.Data).Type),
            Labels = [.. options.Labels],
            Warnings = ReadWarnings(),
            InsecureRegistries = [.. options.InsecureRegistries],
            RegistryMirrors = [.. options.RegistryMirrors],
        };
    }

    private ImmutableSortedDictionary<string, string> FindRuntimes() =>
        containers.Runtimes
            .Select(runtime => KeyValuePair.Create(runtime.Key, ToolPaths.Find(runtime.Value) ?? ""))
            .Where(runtime => runtime.Value.Length > 0)
            .ToImmutableSortedDictionary();

    private ImmutableArray<string> ReadWarnings() =>
    [
        .. HostSurvey.Checks(directories.Data, options.Runtime)
            .Where(check => check.MendAtStart)
            .Select(check => HostSurvey.Run(check, mend: false).Finding)
            .Where(finding => finding.Outcome == HostOutcome.Bad)
            .Select(finding => "WARNING: " + finding.Text),
    ];

    // Clients know ext4 as extfs: the name of its magic number.
    private static string FileSystemName(string type) => type is "ext2" or "ext3" or "ext4" ? "extfs" : type;

    private static long ReadMemory()
    {
        var line = File.ReadLines("/proc/meminfo").First(text => text.StartsWith("MemTotal:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static string UuidOf(string instanceId) =>
        new Guid(SHA256.HashData(Encoding.ASCII.GetBytes("naru instance " + instanceId)).AsSpan(0, 16)).ToString();

    [LoggerMessage(8050, LogLevel.Warning, "The OCI runtime {Runtime} does not tell its version: {Reason}")]
    private partial void LogNoRuntime(string runtime, string reason);
}
