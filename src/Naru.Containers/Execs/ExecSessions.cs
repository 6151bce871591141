using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Naru.Containers.Consoles;
using Naru.Containers.Engine;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Processes;

namespace Naru.Containers.Execs;

/// <summary>Sessions of execs: noted, started once, forgotten some minutes after they ended.</summary>
internal sealed class ExecSessions(
    ContainerTable table, ExecLauncher launcher, ContainerEvents events, BackgroundWork background, TimeProvider time) : IExecs
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, ExecEntry> _entries = new(StringComparer.Ordinal);

    public async Task<ExecSession> CreateAsync(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        Forget();
        if (spec.Command.IsEmpty)
        {
            throw NaruException.Invalid("No exec command specified");
        }

        if (spec.DetachKeys.Length > 0)
        {
            DetachKeys.Parse(spec.DetachKeys);
        }

        var cell = table.Get(container);
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        CheckRunning(cell.Value);
        var session = new ExecSession { Id = RandomNumberGenerator.GetHexString(64, lowercase: true), Container = cell.Id, Spec = spec };
        _entries[session.Id] = new ExecEntry(session);
        cell.Set(cell.Value with { ExecIds = cell.Value.ExecIds.Add(session.Id) });
        Publish(cell, session, "exec_create: " + string.Join(' ', spec.Command));
        return session;
    }

    public ExecSession Get(string id) => Find(id).Session;

    public async Task<IAttachment?> StartAsync(string id, ExecStartOptions options, CancellationToken cancellationToken)
    {
        var entry = Find(id);
        var cell = table.Get(entry.Session.Container.Value);
        CheckRunning(cell.Value);
        if (!entry.TryBegin())
        {
            throw NaruException.Conflict(entry.Session.Running ? $"exec command {id} is already running" : $"exec command {id} has already run");
        }

        var spec = entry.Session.Spec;
        spec = spec with
        {
            AttachInput = spec.AttachInput && !options.Detach,
            AttachOutput = spec.AttachOutput && !options.Detach,
            AttachError = spec.AttachError && !options.Detach,
            TerminalSize = options.Size ?? spec.TerminalSize,
        };
        ExecProcess process;
        try
        {
            process = await launcher.StartAsync(cell.Value, spec, cancellationToken);
        }
        catch (Exception failure)
        {
            End(entry, (failure as NaruException)?.ExitCode ?? 126);
            await ForgetInAsync(cell, id);
            throw;
        }

        entry.Terminal = process.Terminal;
        entry.Update(session => session with { Running = true, Pid = process.Pid });
        Publish(cell, entry.Session, "exec_start: " + string.Join(' ', spec.Command));
        var queue = new OutputQueue();
        background.Run($"exec {id[..12]}", stop => FollowAsync(cell, entry, process, queue, stop));
        if (!options.Detach)
        {
            return new ExecAttachment(spec, queue, process.Terminal ?? process.Input);
        }

        queue.End();
        return null;
    }

    public Task ResizeAsync(string id, TerminalSize size, CancellationToken cancellationToken)
    {
        var entry = Find(id);
        if (!entry.Session.Running)
        {
            throw NaruException.Conflict($"exec process {id} is not running");
        }

        try
        {
            if (entry.Terminal is { } terminal)
            {
                Terminals.Resize(terminal.Descriptor, size.Rows, size.Columns);
            }
        }
        catch (Exception failure) when (failure is LinuxException or ObjectDisposedException)
        {
            // It has just ended.
        }

        return Task.CompletedTask;
    }

    private async Task FollowAsync(ContainerCell cell, ExecEntry entry, ExecProcess process, OutputQueue queue, CancellationToken stop)
    {
        int code;
        await using (process)
        {
            code = await process.PumpAsync(queue, exit => End(entry, exit)).WaitAsync(stop);
        }

        Publish(cell, entry.Session, "exec_die", ("exitCode", code.ToString(CultureInfo.InvariantCulture)));
        await ForgetInAsync(cell, entry.Session.Id);
    }

    private void End(ExecEntry entry, int code)
    {
        entry.EndedAt = time.GetUtcNow();
        entry.Update(session => session with { Running = false, ExitCode = code, Pid = 0, CanStart = false });
    }

    private async Task ForgetInAsync(ContainerCell cell, string id)
    {
        using var turn = await cell.Gate.EnterAsync(CancellationToken.None);
        if (table.Find(cell.Id) == cell)
        {
            cell.Set(cell.Value with { ExecIds = cell.Value.ExecIds.Remove(id) });
        }
    }

    private ExecEntry Find(string id)
    {
        Forget();
        return _entries.TryGetValue(id, out var entry) ? entry : throw NaruException.NotFound($"No such exec instance: {id}");
    }

    private void Forget()
    {
        var limit = time.GetUtcNow() - Memory;
        foreach (var (id, entry) in _entries)
        {
            var orphan = !entry.Session.Running && table.Find(entry.Session.Container) is not { Value.IsLive: true } && entry.EndedAt is null;
            if (orphan)
            {
                End(entry, 137);
            }

            if (entry.EndedAt is { } ended && ended < limit)
            {
                _entries.TryRemove(id, out _);
            }
        }
    }

    private void Publish(ContainerCell cell, ExecSession session, string action, params ReadOnlySpan<(string Name, string Value)> further) =>
        events.Publish(cell.Value, action, [.. further, ("execID", session.Id)]);

    private static void CheckRunning(Container container)
    {
        switch (container.Status.Phase)
        {
            case ContainerPhase.Running:
                return;
            case ContainerPhase.Paused:
                throw NaruException.Conflict($"container {container.Id} is paused, unpause the container before exec");
            case ContainerPhase.Restarting:
                throw NaruException.Conflict($"container {container.Id} is restarting, wait until the container is running");
            default:
                throw NaruException.Conflict($"container {container.Id} is not running");
        }
    }
}
