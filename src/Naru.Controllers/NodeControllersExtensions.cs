using Microsoft.Extensions.DependencyInjection;
using Naru.Controllers.Quotas;
using Naru.Controllers.Runtime;

namespace Naru.Controllers;

/// <summary>The controllers of nodes, certificates, volumes and quotas.</summary>
public static class NodeControllersExtensions
{
    /// <summary>Adds them to the controllers' runtime, which must be added too.</summary>
    public static IServiceCollection AddNaruNodeControllers(this IServiceCollection services, NodeControllersOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IController, QuotaController>();
        return services;
    }
}
