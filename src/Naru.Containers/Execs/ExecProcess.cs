using Naru.Containers.Consoles;
using Naru.Core.Containers;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers.Execs;

/// <summary>A started exec: the runtime that waits for it, and its streams.</summary>
internal sealed class ExecProcess : IAsyncDisposable
{
    private const int BufferSize = 32 * 1024;

    public required ChildProcess Runtime { get; init; }

    /// <summary>Host process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Terminal; null: pipes.</summary>
    public DescriptorStream? Terminal { get; init; }

    public DescriptorStream? Input { get; init; }

    public DescriptorStream? Output { get; init; }

    public DescriptorStream? Error { get; init; }

    /// <summary>Carries all output to the queue and gives the exit code when process and output have ended.</summary>
    /// <param name="queue">Where output goes; it is ended.</param>
    /// <param name="ended">Told the exit code before the client sees the end of the output.</param>
    public async Task<int> PumpAsync(OutputQueue queue, Action<int> ended)
    {
        using var grace = new CancellationTokenSource();
        var pumps = Task.WhenAll(
            CopyAsync(Terminal ?? Output, OutputStream.Output, queue, grace.Token),
            CopyAsync(Error, OutputStream.Error, queue, grace.Token));
        var exit = await Runtime.Exited;

        // Something it left behind may hold the pipes open for ever; what the process itself wrote is in them by now.
        await grace.CancelAsync();
        await pumps;
        ended(exit.Code);
        queue.End();
        return exit.Code;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in (DescriptorStream?[])[Terminal, Input, Output, Error])
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }
        }

        Runtime.Dispose();
    }

    private static async Task CopyAsync(DescriptorStream? stream, OutputStream kind, OutputQueue queue, CancellationToken stopWaiting)
    {
        if (stream is null)
        {
            return;
        }

        var buffer = new byte[BufferSize];
        while (true)
        {
            var count = await stream.ReadAvailableAsync(buffer, stopWaiting);
            if (count == 0)
            {
                return;
            }

            await queue.AddAsync(kind, buffer.AsSpan(0, count).ToArray());
        }
    }
}
