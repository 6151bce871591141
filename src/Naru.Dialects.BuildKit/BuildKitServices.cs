using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;
using Naru.Dialects.BuildKit.Builds;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit;

/// <summary>Brings BuildKit's front door in.</summary>
public static class BuildKitServices
{
    public static IServiceCollection AddNaruBuildKit(this IServiceCollection services)
    {
        // A Go server takes the pings by which .NET measures round trips for abuse and hangs up.
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<SolveJobs>();
        services.AddSingleton<FrontendOptions>();
        services.AddSingleton<Solver>();
        services.AddSingleton<Exports>();
        services.AddSingleton<IGrpcService, ControlService>();
        services.AddSingleton<IGrpcService, BridgeService>();
        services.AddSingleton<GrpcServer>();
        services.AddSingleton<BuildKitDoor>();
        services.AddSingleton<IEngineStage, BuildKitStage>();
        return services;
    }

    /// <summary>Answers <c>POST /session</c> and <c>POST /grpc</c>; all else goes on to the next. The listener must allow hijacking.</summary>
    public static IApplicationBuilder UseNaruBuildKit(this IApplicationBuilder app)
    {
        var door = app.ApplicationServices.GetRequiredService<BuildKitDoor>();
        return app.Use((http, next) => BuildKitDoor.DoorOf(http.Request) is { Length: > 0 } name ? door.EnterAsync(http, name) : next(http));
    }
}
