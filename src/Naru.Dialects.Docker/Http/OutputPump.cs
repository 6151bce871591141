using System.IO.Pipelines;
using Naru.Core.Containers;

namespace Naru.Dialects.Docker.Http;

/// <summary>Carries bytes between an attached process and a raw connection, both ways at once, until both ways have ended.</summary>
internal static class OutputPump
{
    private const int PieceLength = 32 * 1024;

    /// <summary>
    /// Runs until the process's output ends (also because the client typed the detach keys) or the client is gone. A half-close by the
    /// client ends the process's input and nothing else.
    /// </summary>
    public static async Task RunAsync(IAttachment process, IDuplexPipe client, bool takesInput, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var input = takesInput ? CarryInputAsync(process, client.Input, ended.Token) : WatchAsync(client.Input, ended.Token);
        try
        {
            await CarryOutputAsync(process, client.Output, process.Terminal, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            client.Input.CancelPendingRead();
            await input;
        }
    }

    private static async Task CarryOutputAsync(IAttachment process, PipeWriter client, bool raw, CancellationToken ended)
    {
        var head = raw ? 0 : FrameWriter.HeaderLength;
        try
        {
            while (true)
            {
                // The payload is read right behind the place of its header: no copy.
                var memory = client.GetMemory(head + PieceLength);
                var piece = await process.ReadAsync(memory[head..], ended);
                if (piece.Count == 0)
                {
                    return;
                }
                if (!raw)
                {
                    FrameWriter.WriteHeader(memory.Span, piece.Stream, piece.Count);
                }
                client.Advance(head + piece.Count);
                if ((await client.FlushAsync(ended)).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // naru stops: the process goes on.
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
    private static async Task WatchAsync(PipeReader client, CancellationToken ended)
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
