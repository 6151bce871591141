using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;
using Naru.Dialects.Http.Sending;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>
/// Answers watches: 1. the first change is asked for, so that a wrong selector is refused as any other request; 2. the head is sent at once; 3. changes are sent as
/// they come, everything that is there in one run; 4. a failure of the core becomes an ERROR event.
/// </summary>
internal sealed class WatchEndpoint(IObjectApi api, Printers printers, WatchRuns runs, KubernetesDialectOptions options, DialectMeter meter, TimeProvider time)
{
    private const int LongestRun = 64 * 1024;
    private const int UsualSize = 2 * 1024;

    /// <summary>Serves one watch to its end.</summary>
    public async Task HandleAsync(Exchange exchange, AnswerForm form)
    {
        var http = exchange.Http;
        var list = ListQuery.Read(exchange, options.MinimumWatchTimeout * (1 + Random.Shared.NextDouble()));
        var frames = FramesOf(exchange, form);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancellation);
        await using var changes = api.WatchAsync(WriteQuery.Bare(exchange), list, end.Token).GetAsyncEnumerator(end.Token);
        var first = changes.MoveNextAsync().AsTask();
        if (first.IsFaulted && first.Exception.InnerException is not NaruException { Kind: ErrorKind.Expired })
        {
            await first;
        }

        using var measured = meter.BeginWatch(exchange);
        if (WebSocketUpgrade.IsAsked(http))
        {
            await using var socket = await WebSocketUpgrade.AcceptAsync(exchange, frames.IsText);
            var listening = socket.ListenAsync(end);
            await PumpAsync(exchange, changes, first, frames, socket, end);
            await end.CancelAsync();
            await listening;
        }
        else
        {
            await using var stream = await StartAsync(exchange, form);
            await PumpAsync(exchange, changes, first, frames, stream, end);
        }
    }

    private static async Task<IWatchSink> StartAsync(Exchange exchange, AnswerForm form)
    {
        var response = exchange.Http.Response;
        response.ContentType = form.StreamType;
        exchange.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        AnswerHeaders.AddWarnings(exchange);
        exchange.Audit?.ResponseStarted(200);
        await response.StartAsync(exchange.Cancellation);
        await response.BodyWriter.FlushAsync(exchange.Cancellation);
        return response.Headers.TransferEncoding == "chunked" && exchange.Http.Features.Get<ITlsSending>() is { } sending
            ? new ChunkSink(sending)
            : new ResponseSink(response.BodyWriter);
    }

    private async Task PumpAsync(Exchange exchange, IAsyncEnumerator<ApiChange> changes, Task<bool> first, WatchFrames frames, IWatchSink sink, CancellationTokenSource end)
    {
        var run = new List<ApiChange>();
        var next = new ValueTask<bool>(first);
        try
        {
            while (await next)
            {
                next = Gather(changes, run);
                if (!await TrySendAsync(sink, runs.Of(frames, run), end.Token))
                {
                    // What is waited for ends, too.
                    await end.CancelAsync();
                }

                run.Clear();
            }
        }
        catch (NaruException failure)
        {
            exchange.Failure = StatusMap.ToStatus(failure);
            if (!exchange.Http.RequestAborted.IsCancellationRequested)
            {
                await TrySendAsync(sink, WatchRuns.OfError(frames, exchange.Failure), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the server stops: the stream ends.
        }
    }

    private static async ValueTask<bool> TrySendAsync(IWatchSink sink, WatchRun run, CancellationToken cancellationToken)
    {
        try
        {
            await sink.SendAsync(run, cancellationToken);
            return true;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException or WebSocketException)
        {
            return false;
        }
    }

    // The change that is there and those that have come already, up to a size; gives the one that is waited for next.
    private static ValueTask<bool> Gather(IAsyncEnumerator<ApiChange> changes, List<ApiChange> run)
    {
        for (var size = 0;;)
        {
            var change = changes.Current;
            run.Add(change);
            size += change.Object?.Stored?.Json.Length ?? UsualSize;
            var next = changes.MoveNextAsync();
            if (size >= LongestRun || !next.IsCompletedSuccessfully)
            {
                return next;
            }

            if (!next.Result)
            {
                return ValueTask.FromResult(false);
            }
        }
    }

    private WatchFrames FramesOf(Exchange exchange, AnswerForm form)
    {
        var resource = exchange.Resource!;
        var encoder = form.Shape switch
        {
            Shape.Table => WatchBodies.Table(printers.Of(resource), AnswerSender.TableObjectOf(exchange), form.ShapeVersion, time),
            Shape.Metadata => WatchBodies.Metadata(form),
            _ => WatchBodies.Whole(form),
        };
        return form.Format == WireFormat.Protobuf ? new ProtobufWatchFrames(resource, form, encoder) : new JsonWatchFrames(resource, form, encoder);
    }
}
