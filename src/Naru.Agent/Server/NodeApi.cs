using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Agent.Pods;
using Naru.Agent.Streams;
using Naru.Core.Errors;

namespace Naru.Agent.Server;

/// <summary>Takes requests of a kubelet's API apart.</summary>
internal sealed partial class NodeApi(PodWorkers workers, PodTable table, LogsEndpoint logs, ExecEndpoint execs, PortForwardEndpoint ports, StatsEndpoint stats, ILogger<NodeApi> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            await (parts switch
            {
                ["healthz"] or ["healthz", "ping" or "syncloop" or "log"] => SayAsync(context, 200, "ok"),
                ["containerLogs", var space, var pod, var container] => logs.HandleAsync(context, Pod(space, pod), container),
                ["exec", var space, var pod, var container] => execs.ExecAsync(context, Live(space, pod, container)),
                ["attach", var space, var pod, var container] => execs.AttachAsync(context, Live(space, pod, container)),
                ["portForward", var space, var pod] => ports.HandleAsync(context, Pod(space, pod)),
                ["stats"] or ["stats", "summary"] => stats.SummaryAsync(context),
                ["metrics"] => stats.OwnAsync(context),
                ["metrics", "cadvisor"] => stats.CadvisorAsync(context),
                ["metrics", "resource"] => stats.ResourceAsync(context),
                ["metrics", "probes"] => stats.ProbesAsync(context),
                ["configz"] => stats.ConfigurationAsync(context),
                ["pods"] or ["runningpods"] => PodList.WriteAsync(context, workers.All),
                _ => SayAsync(context, 404, "404 page not found"),
            });
        }
        catch (NaruException failure) when (!context.Response.HasStarted)
        {
            await SayAsync(context, failure.Kind switch { ErrorKind.NotFound => 404, ErrorKind.InvalidArgument or ErrorKind.FailedPrecondition or ErrorKind.Conflict => 400, _ => 500 }, failure.Message);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The client left.
            LogLeft(failure.Message);
        }
    }

    private PodView Pod(string space, string name) =>
        workers.Find(space, name) is { } worker ? new PodView(worker.Tree) : throw NaruException.NotFound($"pod \"{name}\" not found");

    private PodContainer Live(string space, string name, string container)
    {
        var pod = Pod(space, name);
        var latest = new PodSight { Pod = pod, Containers = table.Of(pod.Uid), Now = default }.Latest(container);
        return latest is { IsLive: true } ? latest : throw NaruException.NotFound($"container not found (\"{container}\")");
    }

    private static async Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    [LoggerMessage(17040, LogLevel.Debug, "A stream of a pod ended: {Problem}")]
    private partial void LogLeft(string problem);
}
