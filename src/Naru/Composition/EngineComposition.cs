using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Naru.Administration;
using Naru.Backups;
using Naru.Configuration;
using Naru.Core.Lifetime;
using Naru.Reclaiming;
using Naru.Sockets;

namespace Naru.Composition;

/// <summary>Puts the parts together: which hand serves which port, and with which options.</summary>
internal static class EngineComposition
{
    public static void Add(IServiceCollection services, NaruOptions options, EngineDirectories directories)
    {
        services.AddSingleton(options);
        services.AddSingleton(directories);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<EngineStages>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineStages>());
        services.AddSingleton<StatusReport>();
        services.AddSingleton<Reclaimer>();
        services.AddSingleton<IEngineStage, DiskBudget>();
        services.AddSingleton<BackupWriter>();
        services.AddSingleton<AdminApi>();
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<LimitedSocketStore>();
        services.AddSingleton<LimitedSockets>();
    }

    /// <summary>What answers on the Docker sockets.</summary>
    public static RequestDelegate BuildDialects(WebApplication application) =>
        context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
}
