using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Channels;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Http;

/// <summary>
/// A stream of progress lines: one JSON object a line, flushed one by one. The answer begins with the first line, so that a
/// failure before it is a proper HTTP error; a failure after it becomes the last line.
/// </summary>
internal sealed class ProgressStream : IProgress<ImageProgress>
{
    /// <summary>Bars are left out while so many lines wait: they are the only lines that a later one makes worthless.</summary>
    private const int CrowdedAt = 256;

    private readonly DockerCall _call;
    private readonly bool _quiet;

    // Unbounded: the tellers must not wait, and bars, the only lines without end, are left out when it is crowded.
    private readonly Channel<ProgressLine> _lines = Channel.CreateUnbounded<ProgressLine>();

    private ProgressStream(DockerCall call, bool quiet)
    {
        _call = call;
        _quiet = quiet;
    }

    /// <summary>Carries out the work and streams what it tells.</summary>
    /// <param name="call">The request.</param>
    /// <param name="work">The work; gets the stream to tell to.</param>
    /// <param name="quiet">Only results and failures are told, no progress.</param>
    public static async Task RunAsync(DockerCall call, Func<ProgressStream, CancellationToken, Task> work, bool quiet = false)
    {
        var stream = new ProgressStream(call, quiet);
        var writing = stream.WriteAsync();
        Exception? failure = null;
        try
        {
            await work(stream, call.Aborted);
        }
        catch (Exception caught) // An edge: the failure is told to the client below, in the form that still is possible.
        {
            failure = caught;
        }
        finally
        {
            stream._lines.Writer.TryComplete();
        }
        await writing;
        await stream.EndAsync(failure);
    }

    public void Report(ImageProgress value)
    {
        if (!_quiet && !(value.Current is not null && _lines.Reader.Count > CrowdedAt))
        {
            _lines.Writer.TryWrite(LineOf(value));
        }
    }

    /// <summary>A line that is told even when quiet.</summary>
    public void Tell(ProgressLine line) => _lines.Writer.TryWrite(line);

    public void Status(string status, string? id = null) => Tell(new ProgressLine { Status = status, Id = id });

    public void Text(string text) => Tell(new ProgressLine { Stream = text });

    public void Aux<T>(T value) => Tell(new ProgressLine { Aux = JsonSerializer.SerializeToElement(value, DockerJson.Writing(_call.Version).TypeOf<T>()) });

    internal static ProgressLine LineOf(ImageProgress news) => new()
    {
        Id = news.Id.Length > 0 ? news.Id : null,
        Status = news.Status,
        Detail = news.Current is { } current ? new ProgressDetail { Current = current, Total = news.Total ?? 0 } : new ProgressDetail(),
        Progress = news.Current is { } done ? Bar(done, news.Total ?? 0) : null,
    };

    /// <summary>The bar that old clients print as it is.</summary>
    internal static string Bar(long current, long total)
    {
        if (total <= 0)
        {
            return Size(current);
        }
        var half = (int)Math.Min(current * 100.0 / total, 100) / 2;
        return $"[{new string('=', half)}>{new string(' ', 50 - half)}] {Size(current),8}/{Size(total)}";
    }

    private static string Size(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var unit = 0;
        while (bytes >= 1000 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }
        return bytes.ToString("G4", CultureInfo.InvariantCulture) + units[unit];
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                if (!_call.Http.Response.HasStarted)
                {
                    await _call.StreamAsync("application/json");
                }
                await _call.LineAsync(line, DockerCall.ReturnAndLineFeed);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client has gone; the work hears it through its token.
        }
    }

    private async Task EndAsync(Exception? failure)
    {
        var response = _call.Http.Response;
        if (failure is null)
        {
            if (!response.HasStarted)
            {
                await _call.StreamAsync("application/json");
            }
            return;
        }
        if (!response.HasStarted || (failure is OperationCanceledException && _call.Aborted.IsCancellationRequested))
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        await _call.LineAsync(FailureOf(failure), DockerCall.ReturnAndLineFeed);
    }

    private static ProgressLine FailureOf(Exception failure) => new()
    {
        ErrorDetail = new ErrorDetail { Code = failure is BuildException build ? build.Code : failure is NaruException { Kind: ErrorKind.Unauthenticated } ? 401 : 0, Message = failure.Message },
        Error = failure.Message,
    };
}
