using Microsoft.Extensions.Hosting;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Joining a container's input and output, and waiting for its end.</summary>
internal sealed class AttachRoutes(IContainers containers, ContainerScope scope, IHostApplicationLifetime lifetime, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Post("/containers/{id}/attach", AttachAsync);
        routes.Get("/containers/{id}/attach/ws", AttachSocketAsync);
        routes.Post("/containers/{id}/wait", WaitAsync);
    }

    private async Task AttachAsync(DockerCall call)
    {
        var container = scope.Reach(call, call.Name);
        var options = OptionsOf(call, container, everything: false);
        await using var process = await containers.AttachAsync(container.Id.Value, options, call.Aborted);
        var client = await HijackAnswer.TakeAsync(call, process.Terminal);
        await new OutputPump(process, client, call.Http.IsClientGone, HeadGrace.From(call, time), time).RunAsync(options.Input, lifetime.ApplicationStopping);
    }

    private async Task AttachSocketAsync(DockerCall call)
    {
        var container = scope.Reach(call, call.Name);
        WebSocketPipe.Check(call);
        // The choice of streams counts since 1.42; before, all of them were joined.
        var options = OptionsOf(call, container, everything: call.Version.Below(42));
        await using var process = await containers.AttachAsync(container.Id.Value, options, call.Aborted);
        await WebSocketPipe.RunAsync(call, process, options.Input, lifetime.ApplicationStopping);
    }

    private static AttachOptions OptionsOf(DockerCall call, Container container, bool everything)
    {
        var stream = call.Flag("stream");
        var input = everything || call.Flag("stdin");
        return new AttachOptions
        {
            Input = input && stream && container.Spec.Process.OpenInput,
            Output = everything || call.Flag("stdout"),
            Error = everything || call.Flag("stderr"),
            Logs = call.Flag("logs"),
            Stream = stream,
            DetachKeys = call.Query("detachKeys") ?? "",
        };
    }

    private async Task WaitAsync(DockerCall call)
    {
        // Until 1.29 there was one condition and the headers came with the answer.
        var early = call.Version.AtLeast(30);
        var word = early ? call.Query("condition") ?? "" : "";
        var condition = word switch
        {
            "" or "not-running" => WaitCondition.NotRunning,
            "next-exit" => WaitCondition.NextExit,
            "removed" => WaitCondition.Removed,
            _ => throw DockerException.BadRequest($"invalid condition: \"{word}\""),
        };
        var armed = await containers.WaitAsync(scope.Get(call, call.Name).Id.Value, condition, call.Aborted);
        if (!early)
        {
            await call.JsonAsync(AnswerOf(await armed.WaitAsync(call.Aborted)));
            return;
        }
        await call.StreamAsync("application/json");
        await call.LineAsync(AnswerOf(await armed.WaitAsync(call.Aborted)), DockerCall.LineFeed);
    }

    private static WaitResponse AnswerOf(ContainerExit exit) => new()
    {
        StatusCode = exit.ExitCode,
        Error = exit.Error.Length > 0 ? new WaitError { Message = exit.Error } : null,
    };
}
