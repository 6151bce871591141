using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;
using Naru.Core.Names;
using Naru.Core.Networks;
using Naru.Core.Policies;
using Naru.Core.Traffic;
using Naru.Linux.Namespaces;
using Naru.Traffic.Files;
using Naru.Traffic.Firewall;
using Naru.Traffic.Names;
using Naru.Traffic.Names.Cluster;
using Naru.Traffic.Networks;
using Naru.Traffic.Policies;
using Naru.Traffic.Ports;
using Naru.Traffic.Rules;
using Naru.Traffic.Sandboxes;
using Naru.Traffic.Services;

namespace Naru.Traffic;

/// <summary>Adds networks and sandboxes to an engine.</summary>
public static class TrafficServices
{
    /// <summary>Registers <see cref="INetworks"/>, <see cref="ISandboxes"/> and their stage. Needs <see cref="Core.Events.IEvents"/>, a <see cref="TimeProvider"/> and logging.</summary>
    public static IServiceCollection AddNaruTraffic(this IServiceCollection services, TrafficOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var id = options.Directories.InstanceId;
        services.AddSingleton(options);
        services.AddSingleton(_ => new HostSide(options.HostNamespacePath));
        services.AddSingleton(provider => new BridgeLinks(provider.GetRequiredService<HostSide>(), id, options.ServiceRanges));
        services.AddSingleton(provider => new RuleBook(provider.GetRequiredService<HostSide>(), id, provider.GetRequiredService<ILogger<RuleBook>>()));
        services.AddSingleton(provider => new PolicyBook(provider.GetRequiredService<HostSide>(), id, provider.GetRequiredService<ILogger<PolicyBook>>()));
        services.AddSingleton<INetworkPolicies>(static provider => provider.GetRequiredService<PolicyBook>());
        services.AddSingleton<HostFirewall>();
        services.AddSingleton<NetworkCatalog>();
        services.AddSingleton<INetworks>(static provider => provider.GetRequiredService<NetworkCatalog>());
        services.AddSingleton(provider => new EndpointLinks(provider.GetRequiredService<HostSide>(), provider.GetRequiredService<BridgeLinks>(), id));
        services.AddSingleton<EndpointMaker>();
        services.AddSingleton<LinkReaper>();
        services.AddSingleton(provider => new NamespacePool(provider.GetRequiredService<HostSide>(), options.Directories.RunPath("netns"), options.SpareSandboxes, provider.GetRequiredService<ILogger<NamespacePool>>()));
        services.AddSingleton<NodePorts>();
        services.AddSingleton<PortKeeper>();
        services.AddSingleton<Publisher>();
        services.AddSingleton<NameTable>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton(provider => new Forwarder(provider.GetRequiredService<HostSide>(), provider.GetRequiredService<AnswerCache>(), options.ForwardTimeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SandboxFiles>();
        services.AddSingleton<HostResolvers>();
        services.AddSingleton<NameRoutes>();
        services.AddSingleton<NameService>();
        services.AddSingleton<SandboxNames>();
        services.AddSingleton<SandboxPlanner>();
        services.AddSingleton<SandboxKeeper>();
        services.AddSingleton<ISandboxes>(static provider => provider.GetRequiredService<SandboxKeeper>());
        AddServiceTable(services, id);
        services.AddSingleton<IEngineStage, TrafficStage>();
        if (options.ClusterNames is { } cluster)
        {
            services.AddSingleton(new ClusterZone(cluster));
            services.AddSingleton<IClusterNames, ClusterNames>();
        }

        return services;
    }

    private static void AddServiceTable(IServiceCollection services, string id)
    {
        services.AddSingleton(provider => new ServiceBook(provider.GetRequiredService<HostSide>(), provider.GetRequiredService<RuleBook>(), id, provider.GetRequiredService<ILogger<ServiceBook>>()));
        services.AddSingleton<KernelHasSctp>(KernelProtocols.HasSctp);
        services.AddSingleton<LeavingTargets>();
        services.AddSingleton(provider => new AnnouncedAddresses(provider.GetRequiredService<HostSide>(), id, provider.GetRequiredService<ILogger<AnnouncedAddresses>>()));
        services.AddSingleton<IServiceAddresses>(static provider => provider.GetRequiredService<AnnouncedAddresses>());
        services.AddSingleton<ServiceTable>();
        services.AddSingleton<IServiceTable>(static provider => provider.GetRequiredService<ServiceTable>());
    }
}
