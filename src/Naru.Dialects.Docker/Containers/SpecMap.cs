using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Units;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>From a create request to what the engine is asked. Pure; refuses with 400 what has no meaning.</summary>
internal static class SpecMap
{
    public const string IsolationNote = "docker.isolation";
    public const string IdFileNote = "docker.container-id-file";
    public const string CgroupNote = "docker.cgroup";

    public static ContainerSpec ToSpec(ContainerCreateRequest request, Platform? platform)
    {
        var host = request.HostConfig ?? new HostConfig();
        return new ContainerSpec
        {
            Image = request.Image ?? "",
            Platform = platform,
            Process = ProcessOf(request, host),
            Labels = WireMaps.Sorted(request.Labels),
            Annotations = WireMaps.Sorted(host.Annotations),
            DialectNotes = NotesOf(host),
            Hostname = WireMaps.NullIfEmpty(request.Hostname),
            DomainName = WireMaps.NullIfEmpty(request.Domainname),
            HealthCheck = HealthMap.ToCore(request.Healthcheck),
            Isolation = IsolationOf(host),
            Resources = ResourceMap.ToCore(host) with { OomScoreAdjustment = host.OomScoreAdj, SharedMemory = SharedMemoryOf(host) },
            Mounts = MountMap.ToCore(host),
            AnonymousVolumes = [.. (request.Volumes?.Keys ?? Enumerable.Empty<string>()).Select(MountMap.CheckTarget)],
            VolumesFrom = WireMaps.List(host.VolumesFrom),
            VolumeDriver = host.VolumeDriver ?? "",
            Network = NetworkMap.ToCore(request, host),
            Restart = RestartMap.ToCore(host.RestartPolicy),
            AutoRemove = AutoRemoveOf(host),
            Log = new LogSpec { Driver = host.LogConfig?.Type ?? "", Options = WireMaps.Sorted(host.LogConfig?.Config) },
            Runtime = host.Runtime ?? "",
            StorageOptions = WireMaps.Sorted(host.StorageOpt),
        };
    }

    private static ProcessSpec ProcessOf(ContainerConfig config, HostConfig host) => new()
    {
        Entrypoint = WireMaps.OptionalList(config.Entrypoint),
        Command = WireMaps.OptionalList(config.Cmd),
        Environment = CheckEnvironment(config.Env),
        WorkingDirectory = WorkingDirectoryOf(config.WorkingDir),
        User = WireMaps.NullIfEmpty(config.User),
        Terminal = config.Tty,
        TerminalSize = host.ConsoleSize is [> 0 and <= ushort.MaxValue, > 0 and <= ushort.MaxValue]
            ? new TerminalSize((ushort)host.ConsoleSize[0], (ushort)host.ConsoleSize[1])
            : null,
        OpenInput = config.OpenStdin,
        InputOnce = config.StdinOnce,
        AttachInput = config.AttachStdin,
        AttachOutput = config.AttachStdout,
        AttachError = config.AttachStderr,
        StopSignal = WireMaps.NullIfEmpty(config.StopSignal),
        StopTimeout = config.StopTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Shell = WireMaps.OptionalList(config.Shell),
    };

    private static IsolationSpec IsolationOf(HostConfig host) => new()
    {
        Privileged = host.Privileged,
        CapabilitiesAdded = WireMaps.List(host.CapAdd),
        CapabilitiesDropped = WireMaps.List(host.CapDrop),
        SecurityOptions = WireMaps.List(host.SecurityOpt),
        ReadOnlyRoot = host.ReadonlyRootfs,
        Groups = WireMaps.List(host.GroupAdd),
        PidMode = CheckMode("PID", host.PidMode, ["", "host"]),
        IpcMode = CheckMode("IPC", host.IpcMode, ["", "none", "private", "shareable", "host"]),
        UtsMode = CheckMode("UTS", host.UTSMode, ["", "host"], container: false),
        UserMode = CheckMode("user namespace", host.UsernsMode, ["", "host"], container: false),
        CgroupMode = CheckMode("cgroup namespace", host.CgroupnsMode, ["", "host", "private"], container: false),
        MaskedPaths = WireMaps.OptionalList(host.MaskedPaths),
        ReadOnlyPaths = WireMaps.OptionalList(host.ReadonlyPaths),
        Sysctls = WireMaps.Sorted(host.Sysctls),
        Init = host.Init,
    };

    private static ImmutableSortedDictionary<string, string> NotesOf(HostConfig host)
    {
        var notes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (host.Isolation is { Length: > 0 } isolation)
        {
            if (!isolation.Equals("default", StringComparison.OrdinalIgnoreCase))
            {
                throw DockerException.BadRequest($"invalid isolation ({isolation}), linux only supports 'default'");
            }
            notes[IsolationNote] = isolation;
        }
        if (host.ContainerIDFile is { Length: > 0 } file)
        {
            notes[IdFileNote] = file;
        }
        if (host.Cgroup is { Length: > 0 } cgroup)
        {
            notes[CgroupNote] = cgroup;
        }
        var empty = HostConfigLists.Read(host);
        if (empty.Length > 0)
        {
            notes[EmptyLists.Note] = empty;
        }
        return notes.ToImmutable();
    }

    private static ImmutableArray<string> CheckEnvironment(string[]? entries)
    {
        foreach (var entry in entries ?? [])
        {
            if (entry.Length == 0 || entry[0] == '=')
            {
                throw DockerException.BadRequest($"invalid environment variable: {entry}");
            }
            if (entry.Contains('\0', StringComparison.Ordinal))
            {
                throw DockerException.BadRequest("invalid environment variable: it holds a NUL byte");
            }
        }
        return WireMaps.List(entries);
    }

    private static string? WorkingDirectoryOf(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }
        return path[0] == '/'
            ? path
            : throw DockerException.BadRequest($"the working directory '{path}' is invalid, it needs to be an absolute path");
    }

    private static string CheckMode(string what, string? mode, ReadOnlySpan<string> known, bool container = true)
    {
        mode ??= "";
        if (known.Contains(mode) || (container && mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length))
        {
            return mode;
        }
        throw DockerException.BadRequest($"invalid {what} mode: {mode}");
    }

    private static ByteSize SharedMemoryOf(HostConfig host) =>
        host.ShmSize < 0 ? throw DockerException.BadRequest("SHM size can not be less than 0") : new ByteSize(host.ShmSize);

    private static bool AutoRemoveOf(HostConfig host) =>
        host.AutoRemove && host.RestartPolicy?.Name is not (null or "" or "no")
            ? throw DockerException.BadRequest("can't create 'AutoRemove' container with restart policy")
            : host.AutoRemove;
}
