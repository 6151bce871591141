using Microsoft.Extensions.DependencyInjection;
using Naru.Controllers.Certificates;
using Naru.Controllers.Nodes;
using Naru.Controllers.Quotas;
using Naru.Controllers.Runtime;
using Naru.Controllers.Snapshots;
using Naru.Controllers.Volumes;

namespace Naru.Controllers;

/// <summary>The controllers of nodes, certificates, volumes and quotas.</summary>
public static class NodeControllersExtensions
{
    /// <summary>Adds them to the controllers' runtime, which must be added too, as must <see cref="Naru.Objects.Access.IClusterCertificates"/> and <see cref="Naru.Objects.Access.IAuthorizer"/>.</summary>
    public static IServiceCollection AddNaruNodeControllers(this IServiceCollection services, NodeControllersOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IController, QuotaController>();
        services.AddSingleton<NodePods>();
        services.AddSingleton<IController, NodeLifecycleController>();
        services.AddSingleton<IController, TaintEvictionController>();
        services.AddSingleton<IController, NodeRangeController>();
        services.AddSingleton<IController, RequestApprovalController>();
        services.AddSingleton<IController, RequestSigningController>();
        services.AddSingleton<IController, RequestCleaner>();
        services.AddSingleton<IController, BootstrapTokenCleaner>();
        services.AddSingleton<IController, BootstrapSigner>();
        services.AddSingleton<VolumeProvisioning>();
        services.AddSingleton<IController, ClaimController>();
        services.AddSingleton<IController, VolumeController>();
        services.AddSingleton<IController, ClaimProtection>();
        services.AddSingleton<IController, VolumeProtection>();
        services.AddSingleton<IController, ClaimExpansion>();
        services.AddSingleton<IController, EphemeralClaims>();
        services.AddSingleton<IController, AttachmentController>();
        services.AddSingleton<IController, LocalClassController>();
        services.AddSingleton<IController, SnapshotDefinitionController>();
        services.AddSingleton<IController, SnapshotController>();
        return services;
    }
}
