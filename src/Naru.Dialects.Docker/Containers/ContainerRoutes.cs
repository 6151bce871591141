using System.Globalization;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Images;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>A container's life: create, start, stop, kill, pause, rename, update, remove, prune.</summary>
internal sealed class ContainerRoutes(IContainers containers, INetworks networks, IHost host, ContainerScope scope, ContainerPruning pruning, ContainerNews news, TimeProvider time) : IDockerRouteGroup
{
    /// <summary>How long a kill waits for the end that it has caused.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    public void Map(DockerRoutes routes)
    {
        routes.Post("/containers/create", CreateAsync);
        routes.Post("/containers/prune", pruning.HandleAsync);
        routes.Get("/containers/{id}/json", InspectAsync);
        routes.Get("/containers/{id}/top", TopAsync);
        routes.Post("/containers/{id}/start", StartAsync);
        routes.Post("/containers/{id}/stop", call => StopAsync(call, containers.StopAsync));
        routes.Post("/containers/{id}/restart", call => StopAsync(call, containers.RestartAsync));
        routes.Post("/containers/{id}/kill", KillAsync);
        routes.Post("/containers/{id}/pause", call => ActAsync(call, containers.PauseAsync));
        routes.Post("/containers/{id}/unpause", call => ActAsync(call, containers.UnpauseAsync));
        routes.Post("/containers/{id}/rename", RenameAsync);
        routes.Post("/containers/{id}/update", UpdateAsync);
        routes.Post("/containers/{id}/resize", ResizeAsync);
        routes.Delete("/containers/{id}", RemoveAsync);
    }

    private async Task CreateAsync(DockerCall call)
    {
        var request = await call.ReadJsonAsync<ContainerCreateRequest>()
            ?? throw DockerException.BadRequest("invalid JSON: got EOF while reading request body");
        if (string.IsNullOrEmpty(request.Image))
        {
            throw DockerException.BadRequest("Config cannot be empty in order to create a container");
        }
        var warnings = CreateRules.Apply(request, call.Version);
        var platform = PlatformOf(call);
        var spec = ContainerAccess.Restrict(call.Access, SpecMap.ToSpec(request, platform));
        scope.CheckBorrowed(call, spec);
        var name = call.Query("name");
        var created = await containers.CreateAsync(spec, string.IsNullOrEmpty(name) ? null : name, call.Aborted);
        await call.JsonAsync(201, new ContainerCreateResponse { Id = created.Container.Id.Value, Warnings = [.. created.Warnings, .. warnings] });
    }

    private async Task InspectAsync(DockerCall call)
    {
        var container = scope.Get(call, call.Name);
        var answer = InspectMap.Inspect(container, HostDefaults.From(host.Read()), networks, call.Version);
        if (call.Flag("size"))
        {
            var use = await scope.DiskAsync(container, call.Aborted);
            (answer.SizeRw, answer.SizeRootFs) = (use.Writable, use.Whole);
        }
        await call.JsonAsync(answer);
    }

    private async Task TopAsync(DockerCall call)
    {
        var container = scope.Get(call, call.Name);
        var table = await containers.ProcessesAsync(container.Id.Value, call.Query("ps_args") is { Length: > 0 } arguments ? arguments : "-ef", call.Aborted);
        news.Tell(container, "top");
        await call.JsonAsync(new TopResponse { Titles = [.. table.Titles], Processes = [.. table.Rows.Select(row => row.ToArray())] });
    }

    private async Task StartAsync(DockerCall call)
    {
        // A body was the start's host configuration until 1.23; the empty object that some clients still send is let pass.
        if (call.Http.Request.ContentLength is > 7)
        {
            throw DockerException.BadRequest("starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24");
        }
        if (call.Query("checkpoint") is { Length: > 0 })
        {
            throw DockerException.BadRequest("checkpoint not supported: this engine has no experimental features");
        }
        await containers.StartAsync(scope.Get(call, call.Name).Id.Value, call.Aborted);
        await call.EmptyAsync(204);
    }

    private async Task StopAsync(DockerCall call, Func<string, StopOptions, CancellationToken, Task> act)
    {
        var signal = call.Version.AtLeast(42) ? WireMaps.NullIfEmpty(call.Query("signal")) : null;
        TimeSpan? timeout = call.Number("t") is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, int.MaxValue)) : null;
        // A stop that was asked for goes on when the client loses patience.
        await act(scope.Get(call, call.Name).Id.Value, new StopOptions(signal, timeout), CancellationToken.None);
        await call.EmptyAsync(204);
    }

    private async Task KillAsync(DockerCall call)
    {
        var container = scope.Get(call, call.Name);
        var signal = call.Query("signal") is { Length: > 0 } given ? given : "SIGKILL";
        // Nothing outlives SIGKILL, so its sender finds the container ended.
        var ended = signal.ToUpperInvariant() is "SIGKILL" or "KILL" or "9"
            ? await containers.WaitAsync(container.Id.Value, WaitCondition.NextExit, call.Aborted)
            : Task.CompletedTask;
        try
        {
            await containers.KillAsync(container.Id.Value, signal, call.Aborted);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.FailedPrecondition &&
            !failure.Message.Contains("kill container", StringComparison.OrdinalIgnoreCase))
        {
            throw new NaruException(failure.Kind, $"cannot kill container: {call.Name}: {failure.Message}", failure);
        }
        await Task.WhenAny(ended, Task.Delay(KillPatience, time, call.Aborted));
        await call.EmptyAsync(204);
    }

    private async Task ActAsync(DockerCall call, Func<string, CancellationToken, Task> act)
    {
        await act(scope.Get(call, call.Name).Id.Value, call.Aborted);
        await call.EmptyAsync(204);
    }

    private async Task RenameAsync(DockerCall call)
    {
        var name = call.Query("name");
        if (string.IsNullOrEmpty(name))
        {
            throw DockerException.BadRequest("Neither old nor new names may be empty");
        }
        await containers.RenameAsync(scope.Get(call, call.Name).Id.Value, name, call.Aborted);
        await call.EmptyAsync(204);
    }

    private async Task UpdateAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<ContainerUpdateRequest>();
        if (call.Version.Below(40))
        {
            request.PidsLimit = null;
        }
        ContainerAccess.CheckUpdate(call.Access, request);
        var update = new ContainerUpdate
        {
            Resources = ResourceMap.ToChange(request),
            Restart = request.RestartPolicy is { Name: not (null or "") } policy ? RestartMap.ToCore(policy) : null,
        };
        var warnings = await containers.UpdateAsync(scope.Get(call, call.Name).Id.Value, update, call.Aborted);
        await call.JsonAsync(new WarningsResponse { Warnings = warnings.IsEmpty ? null : [.. warnings] });
    }

    private async Task ResizeAsync(DockerCall call)
    {
        var (container, size) = (scope.Get(call, call.Name), TerminalSizes.Parse(call));
        await containers.ResizeAsync(container.Id.Value, size, call.Aborted);
        news.Tell(container, "resize", ("height", size.Rows.ToString(CultureInfo.InvariantCulture)), ("width", size.Columns.ToString(CultureInfo.InvariantCulture)));
        await call.EmptyAsync(200);
    }

    private async Task RemoveAsync(DockerCall call)
    {
        var options = new RemoveOptions(call.Flag("force"), call.Flag("v"), call.Flag("link"));
        await containers.RemoveAsync(options.Link ? call.Name : scope.Get(call, call.Name).Id.Value, options, CancellationToken.None);
        await call.EmptyAsync(204);
    }

    private Platform? PlatformOf(DockerCall call) =>
        call.Version.AtLeast(41) ? PlatformText.FromWord(call.Query("platform"), host.Read().Platform) : null;
}
