using System.Buffers;
using System.Text;
using Microsoft.Extensions.Hosting;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Docker.Exec;

/// <summary>Further processes in running containers.</summary>
internal sealed class ExecRoutes(IExecs execs, IContainers containers, ContainerScope scope, IHostApplicationLifetime lifetime, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Post("/containers/{id}/exec", CreateAsync);
        routes.Post("/exec/{id}/start", StartAsync);
        routes.Post("/exec/{id}/resize", ResizeAsync);
        routes.Get("/exec/{id}/json", InspectAsync);
    }

    private async Task CreateAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<ExecCreateRequest>();
        if (request.Cmd is null or [] || request.Cmd[0].Length == 0)
        {
            throw DockerException.BadRequest("No exec command specified");
        }
        ContainerAccess.CheckExec(call.Access, request.Privileged);
        if (call.Version.Below(42))
        {
            request.ConsoleSize = null;
        }
        var session = await execs.CreateAsync(scope.Get(call, call.Name).Id.Value, ExecMap.ToCore(request), call.Aborted);
        await call.JsonAsync(201, new IdResponse { Id = session.Id });
    }

    private async Task StartAsync(DockerCall call)
    {
        var request = await call.ReadJsonAsync<ExecStartRequest>() ?? new ExecStartRequest();
        var session = Get(call);
        TerminalSize? size = null;
        if (request.ConsoleSize is { } sides && call.Version.AtLeast(42))
        {
            size = ExecMap.SizeOf(sides);
            if (size is not null && !request.Tty)
            {
                throw DockerException.BadRequest("console size is only supported when TTY is enabled");
            }
        }
        IAttachment? process;
        try
        {
            process = await execs.StartAsync(session.Id, new ExecStartOptions(request.Detach, request.Tty, size), call.Aborted);
        }
        catch (NaruException failure) when (failure.ExitCode is not null && !request.Detach)
        {
            await TellInStreamAsync(call, session.Spec.Terminal, failure.Message);
            return;
        }
        if (process is null)
        {
            await call.EmptyAsync(200);
            return;
        }
        await using (process)
        {
            var client = await HijackAnswer.TakeAsync(call, process.Terminal);
            await new OutputPump(process, client, call.Http.IsClientGone, time).RunAsync(session.Spec.AttachInput, lifetime.ApplicationStopping);
        }
    }

    /// <summary>A program that cannot be executed is told of where its output would be: clients have no place for an error after an upgrade.</summary>
    private static async Task TellInStreamAsync(DockerCall call, bool terminal, string message)
    {
        var client = await HijackAnswer.TakeAsync(call, terminal);
        var bytes = Encoding.UTF8.GetBytes(message + "\r\n");
        if (terminal)
        {
            client.Output.Write(bytes);
        }
        else
        {
            FrameWriter.Write(client.Output, OutputStream.Output, default, bytes);
        }
        await client.Output.FlushAsync(call.Aborted);
    }

    private async Task ResizeAsync(DockerCall call)
    {
        await execs.ResizeAsync(Get(call).Id, TerminalSizes.Parse(call), call.Aborted);
        await call.EmptyAsync(200);
    }

    private Task InspectAsync(DockerCall call) => call.JsonAsync(ExecMap.Show(Get(call)));

    private ExecSession Get(DockerCall call)
    {
        var session = execs.Get(call.Name);
        return call.Access.Labels.IsEmpty || (containers.Find(session.Container.Value) is { } container && ContainerScope.Sees(call, container))
            ? session
            : throw NaruException.NotFound($"No such exec instance: {call.Name}");
    }
}
