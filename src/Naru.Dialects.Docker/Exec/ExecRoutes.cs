using System.Buffers;
using System.IO.Pipelines;
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
        var session = await execs.CreateAsync(scope.Reach(call, call.Name).Id.Value, ExecMap.ToCore(request), call.Aborted);
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
        if (!session.CanStart)
        {
            throw DockerException.Conflict(session.Running ? $"Error: Exec command {session.Id} is already running" : $"Error: Exec command {session.Id} has already run");
        }
        var options = new ExecStartOptions(request.Detach, request.Tty, size);
        if (request.Detach)
        {
            await execs.StartAsync(session.Id, options, call.Aborted);
            await call.EmptyAsync(200);
            return;
        }
        await JoinAsync(call, session, options);
    }

    /// <summary>The head goes out before the process starts, as dockerd has it: what fails from here on is told in the stream.</summary>
    private async Task JoinAsync(DockerCall call, ExecSession session, ExecStartOptions options)
    {
        var client = await HijackAnswer.TakeAsync(call, session.Spec.Terminal);
        var grace = HeadGrace.From(call, time);
        IAttachment? process;
        try
        {
            process = await execs.StartAsync(session.Id, options, lifetime.ApplicationStopping);
        }
        catch (NaruException failure)
        {
            await grace.WaitAsync(lifetime.ApplicationStopping);
            await TellInStreamAsync(client.Output, session.Spec.Terminal, failure.Message, lifetime.ApplicationStopping);
            return;
        }
        if (process is not null)
        {
            await using (process)
            {
                await new OutputPump(process, client, call.Http.IsClientGone, grace, time).RunAsync(session.Spec.AttachInput, lifetime.ApplicationStopping);
            }
        }
    }

    private static async Task TellInStreamAsync(PipeWriter client, bool terminal, string message, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(message + "\r\n");
        if (terminal)
        {
            client.Write(bytes);
        }
        else
        {
            FrameWriter.Write(client, OutputStream.Output, default, bytes);
        }
        await client.FlushAsync(cancellationToken);
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
