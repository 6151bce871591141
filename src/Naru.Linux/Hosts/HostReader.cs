using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Linux.Cgroups;
using Naru.Linux.Mounts;
using Naru.Linux.Processes;

namespace Naru.Linux.Hosts;

/// <summary>Reads the host. What cannot change while naru runs is read once; sizes, settings and counts afresh.</summary>
public sealed partial class HostReader(HostOptions options, EngineDirectories directories, ProcessRunner runner, ILogger<HostReader> logger) : IHost, IEngineStage
{
    private readonly Lazy<HostFacts> _lasting = new(() => ReadLasting(options, directories));
    private volatile string _runtimeVersion = "";

    /// <summary>First of all.</summary>
    public int Order => 0;

    /// <summary>Asks the default runtime for its version.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_lasting.Value.Runtimes.GetValueOrDefault(options.DefaultRuntime) is not { } path || Programs.Find(path) is not { } program)
        {
            LogNoRuntime(options.DefaultRuntime);
            return;
        }

        var result = await runner.RunAsync(new ProcessCommand { Program = program, Arguments = ["--version"] }, cancellationToken);

        // "crun version 1.8.1", "runc version 1.1.5+ds1"
        var words = result.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _runtimeVersion = words.Length > 0 ? words[^1] : "";
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public HostFacts Read()
    {
        var forwarding = ProcFiles.Read("/proc/sys/net/ipv4/ip_forward") == "1";
        return _lasting.Value with
        {
            Name = ProcFiles.Read("/proc/sys/kernel/hostname"),
            Processors = ProcFiles.OnlineProcessors(),
            Memory = ProcFiles.TotalMemory(),
            RuntimeVersion = _runtimeVersion,
            IPv4Forwarding = forwarding,
            Warnings = WarningsOf(_lasting.Value, forwarding),
        };
    }

    public ProcessFigures Count() => new(CountEntries("/proc/self/fd"), CountEntries("/proc/self/task"));

    private static HostFacts ReadLasting(HostOptions options, EngineDirectories directories)
    {
        var cgroups = CgroupLayout.Discover();
        return new HostFacts
        {
            InstanceId = IdOf(directories),
            Name = "",
            Version = options.Version,
            Commit = options.Commit,
            BuildTime = options.BuildTime,
            Platform = new Platform { Os = "linux", Architecture = ArchitectureWord },
            KernelVersion = ProcFiles.Read("/proc/sys/kernel/osrelease"),
            OperatingSystem = ProcFiles.OsRelease("PRETTY_NAME") is { Length: > 0 } name ? name : "Linux",
            OperatingSystemVersion = ProcFiles.OsRelease("VERSION_ID"),
            Machine = MachineWord,
            Processors = 0,
            Memory = 0,
            DataDirectory = directories.Data,
            RunDirectory = directories.Run,
            CgroupVersion = cgroups.Version == CgroupVersion.V2 ? 2 : 1,
            CgroupControllers = [.. cgroups.Version == CgroupVersion.V2 ? cgroups.UnifiedControllers : cgroups.ControllerMounts.Keys.Where(name => !name.StartsWith("name=", StringComparison.Ordinal))],
            Seccomp = Directory.Exists("/proc/sys/kernel/seccomp"),
            UserNamespaceProblem = UserNamespaceCheck.Problem(ProcFiles.Read("/proc/sys/kernel/osrelease"), directories.Run),
            AppArmor = ProcFiles.Read("/sys/module/apparmor/parameters/enabled") == "Y",
            Runtimes = options.Runtimes.ToImmutableSortedDictionary(entry => entry.Key, entry => Programs.Find(entry.Value) ?? entry.Value),
            DefaultRuntime = options.DefaultRuntime,
            InitPath = options.InitPath.Length > 0 ? options.InitPath : Programs.FindInit(),
            BackingFileSystem = BackingFileSystemOf(directories.Data),
            Labels = options.Labels,
            InsecureRegistries = options.InsecureRegistries,
            RegistryMirrors = options.RegistryMirrors,
            DefaultLogDriver = options.DefaultLogDriver,
        };
    }

    private static string ArchitectureWord => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string MachineWord => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>A UUID that stays as long as the data directory's id and the machine do.</summary>
    private static string IdOf(EngineDirectories directories)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{ProcFiles.Read("/etc/machine-id")}/{directories.InstanceId}"));
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }

    /// <summary>In docker's words, which are those of statfs(2)'s magic numbers.</summary>
    private static string BackingFileSystemOf(string directory)
    {
        var type = MountTable.Find(Path.GetFullPath(directory)).Type;
        return type switch
        {
            "ext2" or "ext3" or "ext4" => "extfs",
            "overlay" => "overlayfs",
            _ => type,
        };
    }

    private static int CountEntries(string directory) => Directory.EnumerateFileSystemEntries(directory).Count();

    private static ImmutableArray<string> WarningsOf(HostFacts facts, bool forwarding)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        (string Controller, string Warning)[] wanted =
            [("memory", "No memory limit support"), ("cpu", "No cpu cfs quota support"), ("cpuset", "No cpuset support"), ("pids", "No pids limit support")];
        foreach (var (controller, warning) in wanted)
        {
            if (!facts.CgroupControllers.Contains(controller))
            {
                warnings.Add("WARNING: " + warning);
            }
        }

        if (!forwarding)
        {
            warnings.Add("WARNING: IPv4 forwarding is disabled");
        }

        return warnings.ToImmutable();
    }

    [LoggerMessage(1040, LogLevel.Warning, "The OCI runtime {Runtime} is not installed: no container can start")]
    private partial void LogNoRuntime(string runtime);
}
