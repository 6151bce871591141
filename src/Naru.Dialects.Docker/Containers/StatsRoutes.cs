using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>What a container uses: one sample, or one each second.</summary>
internal sealed class StatsRoutes(IContainerUsage usage, IContainers containers, ContainerScope scope, TimeProvider time) : IDockerRouteGroup
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    public void Map(DockerRoutes routes) => routes.Get("/containers/{id}/stats", StatsAsync);

    private async Task StatsAsync(DockerCall call)
    {
        var container = scope.Get(call, call.Name);
        if (call.Flag("stream", otherwise: true))
        {
            await StreamAsync(call, container);
            return;
        }
        UsageSample? before = null;
        var once = call.Version.AtLeast(41) && call.Flag("one-shot");
        if (!once && container.IsLive)
        {
            before = await usage.SampleAsync(container, call.Aborted);
            await Task.Delay(Pace, time, call.Aborted);
        }
        await call.JsonAsync(await NowAsync(container, before, call));
    }

    private async Task StreamAsync(DockerCall call, Container container)
    {
        await call.StreamAsync("application/json");
        UsageSample? before = null;
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            if (containers.Find(container.Id.Value) is not { } current)
            {
                return;
            }
            var now = current.IsLive ? await usage.SampleAsync(current, call.Aborted) : null;
            await call.LineAsync(StatsMap.Show(current, now, before), DockerCall.LineFeed);
            before = now;
        }
        while (await timer.WaitForNextTickAsync(call.Aborted));
    }

    private async Task<ContainerStats> NowAsync(Container container, UsageSample? before, DockerCall call) =>
        StatsMap.Show(container, container.IsLive ? await usage.SampleAsync(container, call.Aborted) : null, before);
}
