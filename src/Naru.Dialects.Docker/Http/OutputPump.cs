using System.IO.Pipelines;
using Naru.Core.Containers;

namespace Naru.Dialects.Docker.Http;

/// <summary>Carries bytes between an attached process and a raw connection, both ways at once, until both ways have ended.</summary>
internal sealed class OutputPump(IAttachment process, IDuplexPipe client, Func<bool> isGone, HeadGrace grace, TimeProvider time)
{
    private static readonly TimeSpan GonePace = TimeSpan.FromSeconds(2);

    private const int PieceLength = 32 * 1024;

    /// <summary>
    /// Runs until the process's output ends (also because the client typed the detach keys) or the client is gone. A half-close by the
    /// client ends the process's input and nothing else.
    /// </summary>
    /// <param name="takesInput">The client's bytes go to the process; else they are dropped.</param>
    /// <param name="stopping">Ends it; the process goes on.</param>
    public async Task RunAsync(bool takesInput, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var input = CarryInputThenWatchAsync(takesInput, ended);
        try
        {
            await CarryOutputAsync(client.Output, process.Terminal, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            client.Input.CancelPendingRead();
            await input;
        }
    }

    private async Task CarryOutputAsync(PipeWriter writer, bool raw, CancellationToken ended)
    {
        var head = raw ? 0 : FrameWriter.HeaderLength;
        try
        {
            while (true)
            {
                // The payload is read right behind the place of its header: no copy.
                var memory = writer.GetMemory(head + PieceLength);
                var piece = await process.ReadAsync(memory[head..], ended);
                if (piece.Count == 0)
                {
                    return;
                }
                if (!raw)
                {
                    FrameWriter.WriteHeader(memory.Span, piece.Stream, piece.Count);
                }
                await grace.WaitAsync(ended);
                writer.Advance(head + piece.Count);
                if ((await writer.FlushAsync(ended)).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client is gone or naru stops: the process goes on.
        }
    }

    /// <summary>When the client has nothing more to say it may be gone wholly: a silent process would never find out by writing.</summary>
    private async Task CarryInputThenWatchAsync(bool takesInput, CancellationTokenSource ended)
    {
        if (takesInput)
        {
            await CarryInputAsync(process, client.Input, ended.Token);
        }
        else
        {
            await DropInputAsync(client.Input, ended.Token);
        }
        try
        {
            using var timer = new PeriodicTimer(GonePace, time);
            while (!isGone())
            {
                await timer.WaitForNextTickAsync(ended.Token);
            }
            await ended.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The output has ended first.
        }
    }

    private static async Task CarryInputAsync(IAttachment process, PipeReader client, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                var read = await client.ReadAsync(ended);
                if (read.IsCanceled)
                {
                    return;
                }
                foreach (var segment in read.Buffer)
                {
                    await process.WriteAsync(segment, ended);
                }
                client.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    await process.CloseInputAsync(ended);
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException || IsReset(failure))
        {
            await CloseQuietlyAsync(process, ended.IsCancellationRequested);
        }
    }

    /// <summary>Reads and drops what a client without input sends, so that its leaving is noticed.</summary>
    private static async Task DropInputAsync(PipeReader client, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                var read = await client.ReadAsync(ended);
                client.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException || IsReset(failure))
        {
            // Gone: the next write to it tells the other direction.
        }
    }

    private static async Task CloseQuietlyAsync(IAttachment process, bool ended)
    {
        if (ended)
        {
            return;
        }
        try
        {
            await process.CloseInputAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
        }
    }

    private static bool IsReset(Exception failure) =>
        failure is Microsoft.AspNetCore.Connections.ConnectionResetException or Microsoft.AspNetCore.Connections.ConnectionAbortedException;
}
