using Microsoft.Extensions.DependencyInjection;
using Naru.Controllers.Accounts;
using Naru.Controllers.Collection;
using Naru.Controllers.Namespaces;
using Naru.Controllers.Runtime;
using Naru.Core.Lifetime;

namespace Naru.Controllers;

/// <summary>The housekeeping controllers.</summary>
public static class ControllersExtensions
{
    /// <summary>Adds them to the controllers' runtime, which must be added too.</summary>
    public static IServiceCollection AddNaruControllers(this IServiceCollection services, ControllersOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IController, DefaultAccountController>();
        services.AddSingleton<IController, RootCertificateController>();
        services.AddSingleton<IController, NamespaceController>();
        services.AddSingleton<CollectionStage>();
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<CollectionStage>());
        return services;
    }
}
