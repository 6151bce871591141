using System.Runtime.InteropServices;
using Naru.Linux.Cgroups;

namespace Naru.Containers.Bundles;

/// <summary>What this host can give to containers; read once at start.</summary>
internal sealed record HostAbilities
{
    public required CgroupLayout Cgroups { get; init; }

    /// <summary>Capabilities of this process's bounding set.</summary>
    public required IReadOnlySet<string> Capabilities { get; init; }

    public required HostLimits Limits { get; init; }

    public required SeccompResolver Seccomp { get; init; }

    /// <summary>True when the kernel filters system calls.</summary>
    public required bool HasSeccomp { get; init; }

    /// <summary>Reads them; before, mends control groups of which crun is known to refuse the layout.</summary>
    public static HostAbilities Read()
    {
        MendCgroups();
        var capabilities = Bundles.Capabilities.ReadAvailable();
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Split('.', '-');
        return new HostAbilities
        {
            Cgroups = CgroupLayout.Discover(),
            Capabilities = capabilities,
            Limits = HostLimits.Read(capabilities),
            Seccomp = new SeccompResolver(RuntimeInformation.ProcessArchitecture, Version.Parse($"{release[0]}.{release[1]}")),
            HasSeccomp = Directory.Exists("/proc/sys/kernel/seccomp"),
        };
    }

    private static void MendCgroups()
    {
        try
        {
            CgroupMending.ReleaseUnifiedControllers(CgroupLayout.Discover());
        }
        catch (IOException)
        {
            // The runtime's own message at the first start, and naru doctor, say what is wrong.
        }
    }
}
