using Naru.Core.Containers;
using Naru.Core.Lifetime;
using Naru.Linux.Cgroups;
using Naru.Linux.Files;

namespace Naru.Containers.Lifecycle;

/// <summary>Where the live things of containers lie. All of it carries the instance, so that several instances never meet.</summary>
internal sealed class RunLayout(EngineDirectories directories, CgroupLayout cgroups)
{
    /// <summary>Parent of this instance's control groups.</summary>
    public string CgroupRoot { get; } = "/naru-" + directories.InstanceId;

    /// <summary>State of the OCI runtimes.</summary>
    public string RuntimeRoot { get; } = directories.RunPath("runtime");

    /// <summary>Exit codes, a file for each ended run.</summary>
    public string ExitDirectory { get; } = directories.RunPath("exits");

    /// <summary>Parent of all bundles.</summary>
    public string BundleRoot { get; } = directories.RunPath("containers");

    /// <summary>Sockets on which terminals are received; short-lived.</summary>
    public string ConsoleDirectory { get; } = directories.RunPath("consoles");

    public string BundleOf(ContainerId id) => Path.Combine(BundleRoot, id.Value);

    private string Aside { get; } = directories.RunPath("files");

    /// <summary>A fresh place for a mount that is needed for a short while; what a killed run left there is swept at start.</summary>
    public string NewPlaceAside() => Path.Combine(Aside, Guid.NewGuid().ToString("N"));

    public string ExitFileOf(ContainerId id) => Path.Combine(ExitDirectory, id.Value);

    /// <summary>Process id of the container's first process, written by the monitor.</summary>
    public string PidFileOf(ContainerId id) => Path.Combine(BundleOf(id), "pid");

    /// <summary>The seccomp filter as crun compiled it.</summary>
    public string FilterOf(ContainerId id) => Path.Combine(RuntimeRoot, id.Value, "seccomp.bpf");

    /// <summary>The pipe that a created process waits at; the runtime removes it when it lets the process go.</summary>
    public string StartPipeOf(ContainerId id) => Path.Combine(RuntimeRoot, id.Value, "exec.fifo");

    public string CgroupPathOf(Container container)
    {
        var parent = container.Spec.Resources.CgroupParent;
        return parent.Length == 0 ? $"{CgroupRoot}/{container.Id.Value}" : $"/{parent.Trim('/')}/{container.Id.Value}";
    }

    public ControlGroup CgroupOf(Container container) => new(cgroups, CgroupPathOf(container));

    public void CreateDirectories()
    {
        ScatteredDirectory.Create(RuntimeRoot);
        Directory.CreateDirectory(ExitDirectory);
        ScatteredDirectory.Create(BundleRoot);
        Directory.CreateDirectory(ConsoleDirectory);

        // Who is nobody here may pass through it to a place that he was told, and see no others.
        Directory.CreateDirectory(Aside);
        File.SetUnixFileMode(Aside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }
}
