using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;
using Naru.Core.Stores;

namespace Naru.Store.Etcd;

/// <summary>The store in an etcd.</summary>
public static class EtcdStoreExtensions
{
    /// <summary>Adds it as <see cref="IStore"/>. <see cref="TimeProvider"/> and logging must be registered.</summary>
    public static IServiceCollection AddNaruEtcdStore(this IServiceCollection services, EtcdStoreOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<EtcdStore>();
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<EtcdStore>());
        services.AddSingleton<IEngineStage, EtcdStoreStage>();
        return services;
    }
}
