using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Events;

namespace Naru.Containers.Events;

/// <summary>
/// Keeps the last events on the run directory's (memory) file system, so that they outlive naru. Written behind the publisher's back: a
/// SIGKILL may cost the last few milliseconds of history, never a reader's live event.
/// </summary>
public sealed partial class EventJournal(string path, int kept, ILogger<EventJournal> logger)
{
    private const int QueueLength = 16384;

    // Full: the oldest unwritten is lost to history alone.
    private readonly Channel<EngineEvent> _queue = Channel.CreateBounded<EngineEvent>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private Task _writing = Task.CompletedTask;

    /// <summary>What an earlier run left, oldest first. Unreadable lines (a write cut short) are passed over.</summary>
    internal IReadOnlyList<EngineEvent> Load()
    {
        var events = new Queue<EngineEvent>();
        if (!File.Exists(path))
        {
            return [];
        }

        var last = 0L;
        foreach (var line in File.ReadLines(path))
        {
            if (TryParse(line) is { } happened && happened.UnixNanoseconds > last)
            {
                last = happened.UnixNanoseconds;
                events.Enqueue(happened);
                if (events.Count > kept)
                {
                    events.Dequeue();
                }
            }
        }

        return [.. events];
    }

    internal void Start(IEnumerable<EngineEvent> current)
    {
        var recent = new Queue<EngineEvent>(current);
        _writing = Task.Run(() => WriteAsync(recent));
    }

    internal void Append(EngineEvent happened) => _queue.Writer.TryWrite(happened);

    internal Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _writing;
    }

    private static EngineEvent? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, EventJsonContext.Default.EngineEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task WriteAsync(Queue<EngineEvent> recent)
    {
        try
        {
            var file = Rewrite(recent);
            var lines = recent.Count;
            var newest = lines > 0 ? recent.Last().UnixNanoseconds : 0;
            while (await _queue.Reader.WaitToReadAsync())
            {
                while (_queue.Reader.TryRead(out var happened))
                {
                    if (happened.UnixNanoseconds <= newest)
                    {
                        continue; // published before the start and rewritten with the rest
                    }

                    newest = happened.UnixNanoseconds;
                    recent.Enqueue(happened);
                    lines++;
                    WriteLine(file, happened);
                }

                while (recent.Count > kept)
                {
                    recent.Dequeue();
                }

                await file.FlushAsync();
                if (lines > 4 * kept)
                {
                    await file.DisposeAsync();
                    file = Rewrite(recent);
                    lines = recent.Count;
                }
            }

            await file.DisposeAsync();
        }
        catch (IOException failure)
        {
            // History is a convenience: without it (a full disk) events still flow.
            LogLost(path, failure);
        }
    }

    private FileStream Rewrite(Queue<EngineEvent> recent)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = path + ".new";
        var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
        foreach (var happened in recent)
        {
            WriteLine(file, happened);
        }

        file.Flush();
        File.Move(fresh, path, overwrite: true);
        return file;
    }

    private static void WriteLine(FileStream file, EngineEvent happened)
    {
        file.Write(JsonSerializer.SerializeToUtf8Bytes(happened, EventJsonContext.Default.EngineEvent));
        file.WriteByte((byte)'\n');
    }

    [LoggerMessage(3400, LogLevel.Warning, "History of events is no longer kept in {Path}")]
    private partial void LogLost(string path, Exception failure);
}
