using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Engine;

/// <summary>What this engine is: version and info.</summary>
internal sealed class SystemRoutes(IHost host, ContainerScope scope, IImages images, EventListeners listeners, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/version", call => call.JsonAsync(SystemMap.Version(host.Read())));
        routes.Get("/info", InfoAsync);
    }

    private Task InfoAsync(DockerCall call)
    {
        var info = SystemMap.Info(host.Read(), host.Count(), time.GetUtcNow());
        foreach (var container in scope.List(call))
        {
            info.Containers++;
            switch (container.Status.Phase)
            {
                case ContainerPhase.Running or ContainerPhase.Restarting:
                    info.ContainersRunning++;
                    break;
                case ContainerPhase.Paused:
                    info.ContainersPaused++;
                    break;
                default:
                    info.ContainersStopped++;
                    break;
            }
        }
        info.Images = images.List().Length;
        info.NEventsListener = listeners.Count;
        return call.JsonAsync(info);
    }
}
