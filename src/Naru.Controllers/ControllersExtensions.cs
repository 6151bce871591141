using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Controllers.Accounts;
using Naru.Controllers.Collection;
using Naru.Controllers.Endpoints;
using Naru.Controllers.Events;
using Naru.Controllers.Namespaces;
using Naru.Controllers.Runtime;
using Naru.Controllers.Servers;
using Naru.Controllers.Services;
using Naru.Controllers.Volumes;
using Naru.Core.Lifetime;
using Naru.Objects.Admission;
using Naru.Objects.Api;

namespace Naru.Controllers;

/// <summary>The housekeeping controllers.</summary>
public static class ControllersExtensions
{
    /// <summary>Adds them to the controllers' runtime, which must be added too. An <see cref="AdvertisedAddress"/> may be registered.</summary>
    public static IServiceCollection AddNaruControllers(this IServiceCollection services, ControllersOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IController, DefaultAccountController>();
        services.AddSingleton<IController, RootCertificateController>();
        services.AddSingleton<IController, NamespaceController>();
        services.AddSingleton<IController, EventController>();
        services.AddSingleton<IController, AttributesClassProtection>();
        services.AddSingleton<CollectionWork>();
        services.AddSingleton<ILedWork>(static provider => provider.GetRequiredService<CollectionWork>());
        services.AddSingleton<IEngineStage, ServerLeaseStage>();
        AddServices(services, options);
        AddEndpoints(services);
        return services;
    }

    private static void AddServices(IServiceCollection services, ControllersOptions options)
    {
        // The rule is part of the object core's own chain: it can ask for the core only later.
        services.AddSingleton(static provider => new ServiceAllocations(LaterObjects(provider)));
        services.AddSingleton(static provider => new ServiceRanges(provider.GetRequiredService<ControllersOptions>(), LaterObjects(provider)));
        services.AddSingleton(static provider => new AddressObjects(LaterObjects(provider)));
        if (options.SharesStore)
        {
            services.AddSingleton<PortClaims>();
        }

        services.AddSingleton<IAdmission, ServiceAddressRule>();
        services.AddSingleton<IEngineStage, ServiceFollower>();
        services.AddSingleton<IController, ServiceAddressController>();
        services.AddSingleton<IController, ServiceRangeController>();
        services.AddSingleton<IController, LoadBalancerController>();
        services.TryAddSingleton<AdvertisedAddress>(static () => null);
        services.AddSingleton<IController, KubernetesServiceController>();
    }

    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddSingleton<SliceWriter>();
        services.AddSingleton<IController, EndpointSliceController>();
        services.AddSingleton<IController, EndpointsController>();
        services.AddSingleton<IController, SliceMirrorController>();
    }

    private static Lazy<IObjects> LaterObjects(IServiceProvider provider) => new(provider.GetRequiredService<IObjects>);
}
