using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Naru.Containers.Engine;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Consoles;

/// <summary>Attaches clients to containers and sets the size of their terminals.</summary>
internal sealed class ContainerAttach(RunLayout layout, ContainerEvents events, Lazy<IContainerLogs> logs, TimeProvider time)
{
    public async Task<IAttachment> AttachAsync(ContainerCell cell, AttachOptions options, CancellationToken cancellationToken)
    {
        if (options.DetachKeys.Length > 0)
        {
            DetachKeys.Parse(options.DetachKeys);
        }

        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        var container = cell.Value;
        switch (container.Status.Phase)
        {
            case ContainerPhase.Paused:
                throw NaruException.Conflict($"container {container.Id} is paused, unpause the container before attach");
            case ContainerPhase.Restarting:
                throw NaruException.Conflict($"container {container.Id} is restarting, wait until the container is running");
            case ContainerPhase.Removing or ContainerPhase.Dead:
                throw NaruException.Conflict($"container {container.Id} is marked for removal");
        }

        IAttachment live;
        if (options.Stream)
        {
            var attachment = cell.Console.Add(options, container.Spec.Process, () => events.Publish(cell.Value, "detach"));
            live = attachment;
            if (container.IsLive)
            {
                await ConnectAsync(cell, cancellationToken);
            }
        }
        else
        {
            live = new EndedAttachment(container.Spec.Process.Terminal);
        }

        events.Publish(container, "attach");
        return options.Logs && container.LogPath.Length > 0 ? await WithLogsAsync(live, container, options, cancellationToken) : live;
    }

    public async Task ResizeAsync(ContainerCell cell, TerminalSize size, CancellationToken cancellationToken)
    {
        if (!cell.Value.IsLive)
        {
            throw NaruException.Conflict($"container {cell.Id} is not running");
        }

        if (!cell.Value.Spec.Process.Terminal)
        {
            return;
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"1 {Math.Min(size.Rows, (ushort)1000)} {Math.Min(size.Columns, (ushort)1000)}\n");
        var control = Path.Combine(layout.BundleOf(cell.Id), "ctl");
        try
        {
            await using var pipe = new FileStream(control, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            await pipe.WriteAsync(Encoding.ASCII.GetBytes(line), cancellationToken);
        }
        catch (IOException)
        {
            throw NaruException.Conflict($"container {cell.Id} is not running");
        }
    }

    private async Task ConnectAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        try
        {
            await cell.Console.ConnectAsync(layout.BundleOf(cell.Id), cell.Value.Spec.Process, cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            cell.Console.EndAll(); // it has just ended
        }
    }

    private async Task<IAttachment> WithLogsAsync(IAttachment live, Container container, AttachOptions options, CancellationToken cancellationToken)
    {
        var query = new LogQuery { Output = options.Output, Error = options.Error, Until = time.GetUtcNow() };
        var reader = await logs.Value.OpenAsync(container, query, cancellationToken);
        return new LogsThenLive(reader, live);
    }
}
