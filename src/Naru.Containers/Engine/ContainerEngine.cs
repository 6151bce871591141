using System.Collections.Immutable;
using Naru.Containers.Consoles;
using Naru.Containers.Creation;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;

namespace Naru.Containers.Engine;

/// <summary>The containers of this host: finds the one that is meant, takes its turn, and hands on to those who know how.</summary>
internal sealed class ContainerEngine(
    EnginePorts ports,
    ContainerTable table,
    ContainerCreation creation,
    ContainerLifecycle lifecycle,
    ContainerStop stop,
    ContainerRemoval removal,
    ContainerAttach attach,
    ContainerUpdates updates,
    ContainerProcesses processes,
    ContainerAssembly assembly,
    ContainerEvents events) : IContainers
{
    public ImmutableArray<Container> List() => table.List();

    public Container Get(string reference) => table.Get(reference).Value;

    public Container? Find(string reference) => table.Find(reference)?.Value;

    public Task<ContainerCreated> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken) =>
        creation.CreateAsync(spec, name, cancellationToken);

    public Task StartAsync(string reference, CancellationToken cancellationToken) =>
        InsideAsync(reference, StartInsideAsync, cancellationToken);

    public Task StopAsync(string reference, StopOptions options, CancellationToken cancellationToken) =>
        stop.StopAsync(table.Get(reference), options, cancellationToken);

    public async Task RestartAsync(string reference, StopOptions options, CancellationToken cancellationToken)
    {
        var cell = table.Get(reference);
        try
        {
            await stop.StopAsync(cell, options, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotModified)
        {
            // It did not run: only the start is left to do.
        }

        await InsideAsync(reference, StartInsideAsync, cancellationToken);
        events.Publish(cell.Value, "restart");
    }

    public Task KillAsync(string reference, string signal, CancellationToken cancellationToken)
    {
        var number = signal.Length == 0 ? Signals.Kill : Signals.Parse(signal);
        return InsideAsync(reference, cell => stop.KillInsideAsync(cell, number, cancellationToken), cancellationToken);
    }

    public Task PauseAsync(string reference, CancellationToken cancellationToken) =>
        InsideAsync(reference, cell => stop.PauseInsideAsync(cell, cancellationToken), cancellationToken);

    public Task UnpauseAsync(string reference, CancellationToken cancellationToken) =>
        InsideAsync(reference, cell => stop.UnpauseInsideAsync(cell, cancellationToken), cancellationToken);

    public Task RenameAsync(string reference, string name, CancellationToken cancellationToken) =>
        InsideAsync(reference, cell => RenameInsideAsync(cell, name, cancellationToken), cancellationToken);

    public async Task<ImmutableArray<string>> UpdateAsync(string reference, ContainerUpdate update, CancellationToken cancellationToken)
    {
        var cell = table.Get(reference);
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        return updates.ApplyInside(cell, update);
    }

    public async Task<Task<ContainerExit>> WaitAsync(string reference, WaitCondition condition, CancellationToken cancellationToken)
    {
        var cell = table.Get(reference);
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        var status = cell.Value.Status;
        var wait = condition switch
        {
            WaitCondition.NextExit => cell.Waits.NextExit,
            WaitCondition.Removed => cell.Waits.Removed,
            _ when cell.Value.IsLive || status.Phase == ContainerPhase.Restarting => cell.Waits.NextExit,
            _ => Task.FromResult(new ContainerExit(status.ExitCode, status.Error)),
        };
        return wait.WaitAsync(cancellationToken);
    }

    public Task RemoveAsync(string reference, RemoveOptions options, CancellationToken cancellationToken) => options.Link
        ? throw NaruException.NotFound($"No such link: {reference}")
        : removal.RemoveAsync(table.Get(reference), options, cancellationToken);

    public Task<IAttachment> AttachAsync(string reference, AttachOptions options, CancellationToken cancellationToken) =>
        attach.AttachAsync(table.Get(reference), options, cancellationToken);

    public Task ResizeAsync(string reference, TerminalSize size, CancellationToken cancellationToken) =>
        attach.ResizeAsync(table.Get(reference), size, cancellationToken);

    public Task<ProcessTable> ProcessesAsync(string reference, string psArguments, CancellationToken cancellationToken) =>
        processes.ListAsync(table.Get(reference), psArguments, cancellationToken);

    public Task ConnectAsync(string reference, string network, EndpointSpec endpoint, CancellationToken cancellationToken) =>
        InsideAsync(
            reference,
            async cell =>
            {
                var connected = await ports.Sandboxes.ConnectAsync(assembly.RequestOf(cell.Value), network, endpoint, cancellationToken);
                var asked = cell.Value.Spec.Network;
                SaveNetwork(cell, asked with { Endpoints = asked.Endpoints.SetItem(network, endpoint) }, connected);
            },
            cancellationToken);

    public Task DisconnectAsync(string reference, string network, bool force, CancellationToken cancellationToken) =>
        InsideAsync(
            reference,
            async cell =>
            {
                var left = await ports.Sandboxes.DisconnectAsync(assembly.RequestOf(cell.Value), network, force, cancellationToken);
                var known = ports.Networks.Find(network)?.Spec.Name ?? network;
                var asked = cell.Value.Spec.Network;
                SaveNetwork(cell, asked with { Endpoints = asked.Endpoints.RemoveRange([network, known]) }, left);
            },
            cancellationToken);

    private void SaveNetwork(ContainerCell cell, ContainerNetworkSpec asked, SandboxNetwork actual)
    {
        var container = cell.Value;
        lifecycle.Save(cell, container with
        {
            Spec = container.Spec with { Network = asked },
            Status = container.IsLive ? container.Status with { Network = actual } : container.Status,
        });
    }

    // A start goes through although its caller has left, as in Docker; half of one would be of no use to anybody.
    private async Task StartInsideAsync(ContainerCell cell)
    {
        if (cell.Value.Status is { Phase: not ContainerPhase.Running, RestartCount: > 0 } status)
        {
            cell.Set(cell.Value with { Status = status with { RestartCount = 0 } });
        }

        cell.RestartDelay = TimeSpan.Zero;
        await lifecycle.StartInsideAsync(cell, CancellationToken.None);
    }

    private async Task RenameInsideAsync(ContainerCell cell, string name, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        if (name.Length == 0)
        {
            throw NaruException.Invalid("Neither old nor new names may be empty");
        }

        var next = ContainerNames.Check(name);
        if (next == container.Name)
        {
            throw NaruException.Invalid("Renaming a container with the same name as its current name");
        }

        table.Reserve(next, cell.Id);
        lifecycle.Save(cell, container with { Name = next });
        table.Release(container.Name, cell.Id);
        if (container.IsLive)
        {
            await ports.Sandboxes.RenameAsync(assembly.RequestOf(cell.Value), cancellationToken);
        }

        events.Publish(cell.Value, "rename", ("oldName", "/" + container.Name));
    }

    private async Task InsideAsync(string reference, Func<ContainerCell, Task> work, CancellationToken cancellationToken)
    {
        var cell = table.Get(reference);
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        if (table.Find(cell.Id) != cell)
        {
            throw NaruException.NotFound($"No such container: {reference}");
        }

        await work(cell);
    }
}
