using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;
using Naru.Core.Stores;

namespace Naru.Store.Sqlite;

/// <summary>The store in one SQLite database.</summary>
public static class SqliteStoreExtensions
{
    /// <summary>Adds it as <see cref="IStore"/>. <see cref="TimeProvider"/> and logging must be registered.</summary>
    public static IServiceCollection AddNaruSqliteStore(this IServiceCollection services, SqliteStoreOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IStoreSnapshots>(static provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IEngineStage, SqliteStoreStage>();
        return services;
    }
}
