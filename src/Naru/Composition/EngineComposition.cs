using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Naru.Administration;
using Naru.Agent;
using Naru.Backups;
using Naru.Builds;
using Naru.Configuration;
using Naru.Containers;
using Naru.Containers.Logs;
using Naru.Core.Lifetime;
using Naru.Dialects.BuildKit;
using Naru.Dialects.Docker;
using Naru.Images;
using Naru.Ingress;
using Naru.Linux.Hosts;
using Naru.Reclaiming;
using Naru.Sockets;
using Naru.Traffic;
using HostOptions = Naru.Linux.Hosts.HostOptions;

namespace Naru.Composition;

/// <summary>Puts the parts together: which hand serves which port, and with which options.</summary>
internal static class EngineComposition
{
    public static void Add(IServiceCollection services, NaruOptions options, EngineDirectories directories)
    {
        services.AddSingleton(options);
        services.AddSingleton(directories);
        services.AddSingleton(TimeProvider.System);
        AddAdministration(services);
        if (options.Engine)
        {
            AddEngine(services, options, directories);
        }

        if (options.Cluster)
        {
            ClusterComposition.Add(services, options);
            if (options.Engine)
            {
                services.AddNaruAgent(AgentOptionsOf(options));
                services.AddNaruAgentPolicies();
                if (ClusterNameOf(options) is not null)
                {
                    services.AddNaruAgentNames();
                }

                services.AddNaruIngress(ClusterComposition.IngressOptionsOf(options));
            }
        }
    }

    private static void AddEngine(IServiceCollection services, NaruOptions options, EngineDirectories directories)
    {
        services.AddSingleton<IEngineStage, DiskBudget>();
        services.AddSingleton<IEngineStage, ContainerShutdown>();
        services.AddNaruHost(HostOptionsOf(options));
        services.AddNaruObservation(ObservationOptionsOf(options));
        services.AddNaruImages(ImagesOptionsOf(options));
        services.AddNaruTraffic(TrafficOptionsOf(options, directories));
        services.AddNaruContainers(ContainersOptionsOf(options));
        services.AddNaruBuilds();
        services.AddNaruDockerDialect();
        services.AddNaruBuildKit();
    }

    /// <summary>What answers on the Docker sockets.</summary>
    public static RequestDelegate BuildDialects(WebApplication application)
    {
        var pipeline = ((IApplicationBuilder)application).New();
        pipeline.UseNaruBuildKit();
        pipeline.MapNaruDocker();
        return pipeline.Build();
    }

    private static void AddAdministration(IServiceCollection services)
    {
        services.AddSingleton<EngineStages>();
        services.AddSingleton<StatusReport>();
        services.AddSingleton<Reclaimer>();
        services.AddSingleton<IEngineStage, IdleTrim>();
        services.AddSingleton<BackupWriter>();
        services.AddSingleton<AdminApi>();
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<LimitedSocketStore>();
        services.AddSingleton<LimitedSockets>();
    }

    private static HostOptions HostOptionsOf(NaruOptions options)
    {
        var containers = ContainersOptionsOf(options);
        return new HostOptions
        {
            Version = BuildFacts.Version,
            Commit = BuildFacts.Commit,
            BuildTime = BuildFacts.Time,
            Labels = [.. options.Labels],
            InsecureRegistries = [.. options.InsecureRegistries],
            RegistryMirrors = [.. options.RegistryMirrors],
            Runtimes = containers.Runtimes,
            DefaultRuntime = containers.DefaultRuntime,
        };
    }

    private static ObservationOptions ObservationOptionsOf(NaruOptions options) => new()
    {
        Logs = new LogOptions { MaxSize = options.LogMaxSize, MaxFiles = options.LogMaxFiles },
    };

    private static ImagesOptions ImagesOptionsOf(NaruOptions options) => new()
    {
        InsecureRegistries = [.. options.InsecureRegistries],
        Mirrors = options.RegistryMirrors.Count == 0
            ? ImmutableDictionary<string, ImmutableArray<string>>.Empty
            : ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("docker.io", [.. options.RegistryMirrors]),
        ConcurrentDownloads = options.MaxDownloads,
        ConcurrentUploads = options.MaxUploads,
    };

    private static TrafficOptions TrafficOptionsOf(NaruOptions options, EngineDirectories directories) => new()
    {
        Directories = directories,
        DefaultBridgeAddress = options.BridgeSubnet is { } subnet ? FirstAddress(IPNetwork.Parse(subnet)) : "",
        DefaultMtu = options.Mtu,
        AddressPools = options.AddressPools.Count == 0
            ? AddressPoolOption.Defaults
            : [.. options.AddressPools.Select(pool => pool.Split(',')).Select(parts => new AddressPoolOption(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)))],
        Dns = options.Dns,
        DnsRoutes = options.DnsRoutes.Select(static route => route.Split('=', 2)).GroupBy(static parts => parts[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static group => group.Key, static IReadOnlyList<string> (group) => [.. group.Select(static parts => parts[1])]),
        ServiceRanges = options.Cluster ? ClusterRanges.Of(options).Services : [],
        ClusterNames = options.Cluster ? ClusterNameOf(options) : null,
        DnsSearch = options.DnsSearch,
        DnsOptions = options.DnsOptions,
        ObeyHostFirewall = options.ObeyHostFirewall,
        EnableForwarding = options.PrepareHost,
        LeadServices = options.Cluster,
    };

    private static ContainersOptions ContainersOptionsOf(NaruOptions options)
    {
        var containers = new ContainersOptions
        {
            DefaultRuntime = Path.GetFileName(options.Runtime),
            InitByDefault = options.Init,
            RestartUnhealthy = options.RestartUnhealthy,
            StopTimeout = options.StopTimeout,
        };
        if (Path.IsPathFullyQualified(options.Runtime))
        {
            containers.Runtimes = containers.Runtimes.SetItem(containers.DefaultRuntime, options.Runtime);
        }

        return containers;
    }

    private static AgentOptions AgentOptionsOf(NaruOptions options) => new()
    {
        PodRanges = ClusterRanges.Of(options).Pods,
        ClusterDomain = options.ClusterDomain,
        ClusterDns = ClusterNameOf(options) is { } names ? [names.Address] : [],
        MaxPods = options.MaxPods,
        PodProcesses = options.PodProcesses == 0 ? -1 : options.PodProcesses,
        StaticPods = options.StaticPods ?? "",
        AllowedSysctls = options.AllowedSysctls,
        EvictionMemory = options.EvictionMemory.Bytes,
        EvictionDiskPercent = options.EvictionDiskPercent,
    };

    // The tenth address of the first range, as everywhere; of a smaller range the last but one.
    private static ClusterNameOptions? ClusterNameOf(NaruOptions options)
    {
        var ranges = ClusterRanges.Of(options);
        if (ranges.Services.Select(IPNetwork.Parse).FirstOrDefault(static one => one.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) is not { PrefixLength: > 0 and < 31 } range)
        {
            return null;
        }

        var bytes = range.BaseAddress.GetAddressBytes();
        bytes[^1] += (byte)Math.Min(10, (1 << Math.Min(32 - range.PrefixLength, 8)) - 2);
        return new ClusterNameOptions { Network = AgentOptions.PodNetworkName, Address = new IPAddress(bytes).ToString(), Domain = options.ClusterDomain, Ranges = [.. ranges.Services, .. ranges.Pods] };
    }

    private static string FirstAddress(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1] |= 1;
        return $"{new IPAddress(bytes)}/{network.PrefixLength}";
    }
}
