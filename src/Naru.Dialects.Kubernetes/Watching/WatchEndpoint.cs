using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>
/// Answers watches: 1. the first change is asked for, so that a wrong selector is refused as any other request; 2. the head is sent at once; 3. changes are written as
/// they come, everything that is there in one flush; 4. a failure of the core becomes an ERROR event.
/// </summary>
internal sealed class WatchEndpoint(IObjectApi api, Printers printers, WatchPulse pulse, KubernetesDialectOptions options, DialectMeter meter, TimeProvider time)
{
    // With fewer watches than this each change is flushed at once; with more, busy ones go by the pulse.
    private const int ManyWatches = 16;
    private const int FlushAfter = 256 * 1024;

    private int _open;

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
        Interlocked.Increment(ref _open);
        try
        {
            if (WebSocketUpgrade.IsAsked(http))
            {
                await using var socket = await WebSocketUpgrade.AcceptAsync(exchange, frames.IsText);
                var listening = socket.ListenAsync(end);
                await PumpAsync(exchange, changes, first, frames, socket, end.Token);
                await end.CancelAsync();
                await listening;
            }
            else
            {
                await using var stream = await StartAsync(exchange, form);
                await PumpAsync(exchange, changes, first, frames, stream, end.Token);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
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
        return new ResponseSink(response.BodyWriter);
    }

    private async Task PumpAsync(Exchange exchange, IAsyncEnumerator<ApiChange> changes, Task<bool> first, WatchFrames frames, IWatchSink sink, CancellationToken cancellationToken)
    {
        var lastFlush = time.GetTimestamp();
        var next = new ValueTask<bool>(first);
        try
        {
            while (true)
            {
                if (!next.IsCompleted && sink.Unsent > 0)
                {
                    await sink.FlushAsync(cancellationToken);
                    lastFlush = time.GetTimestamp();
                }

                if (!await next)
                {
                    break;
                }

                var open = Volatile.Read(ref _open);
                if (open >= ManyWatches && time.GetElapsedTime(lastFlush).TotalMilliseconds < 30 && sink.Unsent == 0)
                {
                    // Busy among many: let what else is coming come first.
                    await pulse.NextAsync(open);
                }

                frames.Write(changes.Current, sink.Writer);
                if (sink.Unsent >= FlushAfter)
                {
                    await sink.FlushAsync(cancellationToken);
                }

                next = changes.MoveNextAsync();
            }
        }
        catch (NaruException failure)
        {
            exchange.Failure = StatusMap.ToStatus(failure);
            frames.WriteError(exchange.Failure, sink.Writer);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the server stops: the stream ends.
        }

        if (!exchange.Http.RequestAborted.IsCancellationRequested)
        {
            await sink.FlushAsync(CancellationToken.None);
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
        return form.Format == WireFormat.Protobuf ? new ProtobufWatchFrames(resource, encoder) : new JsonWatchFrames(resource, form, encoder);
    }
}
