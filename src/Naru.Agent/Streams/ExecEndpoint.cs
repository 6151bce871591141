using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>Runs commands in containers and joins clients to running ones.</summary>
internal sealed class ExecEndpoint(IContainers containers, IExecs execs, TimeProvider time)
{
    /// <summary>A further process in a container.</summary>
    public async Task ExecAsync(HttpContext context, PodContainer container)
    {
        var wish = WishOf(context.Request.Query);
        var session = await execs.CreateAsync(
            container.Id.Value,
            new ExecSpec
            {
                Command = [.. context.Request.Query["command"].Select(static one => one ?? "")],
                Terminal = wish.Terminal,
                AttachInput = wish.Input,
                AttachOutput = wish.Output,
                AttachError = wish.Error && !wish.Terminal,
            },
            context.RequestAborted);
        await using var remote = await SessionOpening.OpenAsync(context, wish, time);
        try
        {
            await using var attachment = await execs.StartAsync(session.Id, new ExecStartOptions(false, wish.Terminal), remote.Left);
            await JoinAsync(remote, attachment!, wish, (size, token) => execs.ResizeAsync(session.Id, size, token));
            var code = execs.Get(session.Id).ExitCode ?? 0;
            await remote.FinishAsync(code == 0 ? Success() : NonZero(code), remote.Left);
        }
        catch (NaruException failure) when (failure.ExitCode is { } code)
        {
            // There is no such program: clients show the code alone, so the reason goes where a shell's would.
            if (wish.Error || wish.Output)
            {
                await remote.WriteAsync(wish.Error && !wish.Terminal ? OutputStream.Error : OutputStream.Output, Encoding.UTF8.GetBytes($"{failure.Message}{(wish.Terminal ? "\r\n" : "\n")}"), remote.Left);
            }

            await remote.FinishAsync(NonZero(code, failure.Message), remote.Left);
        }
        catch (NaruException failure)
        {
            await remote.FinishAsync(Failed(failure.Message), remote.Left);
        }
    }

    /// <summary>The container's own process.</summary>
    public async Task AttachAsync(HttpContext context, PodContainer container)
    {
        var wish = WishOf(context.Request.Query);
        await using var remote = await SessionOpening.OpenAsync(context, wish, time);
        try
        {
            var process = container.Engine.Spec.Process;
            await using var attachment = await containers.AttachAsync(container.Id.Value, new AttachOptions { Input = wish.Input && process.OpenInput, Output = wish.Output, Error = wish.Error, DetachKeys = "ctrl-^,ctrl-_,ctrl-^,ctrl-_" }, remote.Left);
            await JoinAsync(remote, attachment, wish, (size, token) => containers.ResizeAsync(container.Id.Value, size, token));
            await remote.FinishAsync(Success(), remote.Left);
        }
        catch (NaruException failure)
        {
            await remote.FinishAsync(Failed(failure.Message), remote.Left);
        }
    }

    private static SessionWish WishOf(IQueryCollection query)
    {
        var wish = new SessionWish(IsSet(query, "input"), IsSet(query, "output"), IsSet(query, "error"), IsSet(query, "tty"));
        return wish is { Input: false, Output: false, Error: false } ? throw NaruException.Invalid("you must specify at least 1 of stdin, stdout, stderr") : wish;
    }

    private static bool IsSet(IQueryCollection query, string name) => query[name].ToString() is "1" or "true";

    private static async Task JoinAsync(IRemoteSession remote, IAttachment attachment, SessionWish wish, Func<TerminalSize, CancellationToken, Task> resize)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(remote.Left);
        var input = wish.Input ? SendInputAsync(remote, attachment, end.Token) : Task.CompletedTask;
        var sizes = wish.Terminal ? FollowSizesAsync(remote, resize, end.Token) : Task.CompletedTask;
        try
        {
            var buffer = new byte[32 * 1024];
            while (await attachment.ReadAsync(buffer, remote.Left) is { Count: > 0 } piece)
            {
                if (piece.Stream == OutputStream.Error ? wish.Error : wish.Output)
                {
                    await remote.WriteAsync(piece.Stream, buffer.AsMemory(0, piece.Count), remote.Left);
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(input, sizes);
        }
    }

    private static async Task SendInputAsync(IRemoteSession remote, IAttachment attachment, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[32 * 1024];
            int count;
            while ((count = await remote.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await attachment.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }

            await attachment.CloseInputAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or NaruException)
        {
            // The process ended, or the client left.
        }
    }

    private static async Task FollowSizesAsync(IRemoteSession remote, Func<TerminalSize, CancellationToken, Task> resize, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var size in remote.Sizes.ReadAllAsync(cancellationToken))
            {
                await resize(size, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or NaruException)
        {
            // The process ended, or the client left.
        }
    }

    private static MapValue Success() => new() { { "metadata", new MapValue() }, { "status", "Success" } };

    private static MapValue NonZero(int code, string? message = null) => new()
    {
        { "metadata", new MapValue() },
        { "status", "Failure" },
        { "message", message ?? $"command terminated with non-zero exit code: exit status {code}" },
        { "reason", "NonZeroExitCode" },
        { "details", new MapValue { { "causes", new ListValue([new MapValue { { "reason", "ExitCode" }, { "message", code.ToString(CultureInfo.InvariantCulture) } }]) } } },
    };

    private static MapValue Failed(string message) => new() { { "metadata", new MapValue() }, { "status", "Failure" }, { "message", message }, { "reason", "InternalError" }, { "code", 500L } };
}
