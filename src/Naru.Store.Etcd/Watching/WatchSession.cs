using System.Runtime.CompilerServices;
using Etcdserverpb;
using Grpc.Core;
using Mvccpb;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Store.Etcd.Connections;
using Naru.Store.Etcd.Translation;

namespace Naru.Store.Etcd.Watching;

/// <summary>One watch, over as many streams as it takes: a stream that breaks is followed by one from the revision after the last that was given out.
/// A slow reader is held back by gRPC's flow control; etcd then reads from its history, and a reader behind that is Expired.</summary>
internal sealed class WatchSession(EtcdConnection connection, EtcdMap map, TimeProvider time, Action<long> compacted)
{
    public async IAsyncEnumerable<StoreBatch> RunAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = map.ToEtcd(after) + 1;
        var failures = 0;
        while (true)
        {
            var stream = StreamAsync(prefix, next, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                while (await TryMoveAsync(stream))
                {
                    failures = 0;
                    var (progress, batch) = stream.Current;
                    next = progress + 1;
                    if (batch is not null)
                    {
                        yield return batch;
                    }
                }
            }
            finally
            {
                await stream.DisposeAsync();
            }

            await Task.Delay(RetryPolicy.Pause(++failures), time, cancellationToken);
        }
    }

    /// <summary>False when the stream broke and another is to be tried.</summary>
    private static async ValueTask<bool> TryMoveAsync(IAsyncEnumerator<(long Progress, StoreBatch? Batch)> stream)
    {
        try
        {
            return await stream.MoveNextAsync();
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<(long Progress, StoreBatch? Batch)> StreamAsync(string prefix, long next, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (call, member) = await connection.WatchAsync(cancellationToken);
        using var ending = call;
        await SendAsync(call, member, prefix, next, cancellationToken);
        var events = new List<Event>();
        while (await ReadAsync(call, member, cancellationToken))
        {
            var response = call.ResponseStream.Current;
            ThrowIfCancelled(response);
            events.AddRange(response.Events);
            if (response.Fragment)
            {
                continue; // the rest of a revision comes in the next message
            }

            // Only whole revisions are in a message that is no fragment.
            foreach (var batch in Batches(events))
            {
                yield return (batch.Revision - map.Offset, batch);
            }

            if (events.Count == 0 && !response.Created && response.Header.Revision >= next)
            {
                yield return (response.Header.Revision, null);
            }

            events.Clear();
        }
    }

    private async Task SendAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call, int member, string prefix, long next, CancellationToken cancellationToken)
    {
        var create = new WatchCreateRequest
        {
            Key = map.Key(prefix),
            RangeEnd = map.Key(StoreKeys.EndOf(prefix)),
            StartRevision = next,
            PrevKv = true,
            ProgressNotify = true,
            Fragment = true,
        };
        try
        {
            await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = create }, cancellationToken);
        }
        catch (RpcException failure)
        {
            throw connection.Failed(failure, member);
        }
        catch (Exception e) when (e is InvalidOperationException || IsBroken(e, cancellationToken))
        {
            throw new NaruException(ErrorKind.Unavailable, "etcd closed the watch", e);
        }
    }

    // A call that ends while it is written to or read from may show as cancelled though nobody cancelled it.
    private static bool IsBroken(Exception exception, CancellationToken cancellationToken) => exception is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    private async Task<bool> ReadAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call, int member, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancellationToken);
        }
        catch (RpcException failure)
        {
            throw connection.Failed(failure, member);
        }
        catch (Exception e) when (IsBroken(e, cancellationToken))
        {
            throw new NaruException(ErrorKind.Unavailable, "etcd closed the watch", e);
        }
    }

    private void ThrowIfCancelled(WatchResponse response)
    {
        if (response.CompactRevision > 0)
        {
            compacted(map.ToStore(response.CompactRevision));
            throw new NaruException(ErrorKind.Expired, $"the revision is compacted; the oldest kept is {map.ToStore(response.CompactRevision)}");
        }

        if (response.Canceled)
        {
            throw EtcdFailures.From(new RpcException(new Status(StatusCode.Unavailable, response.CancelReason)));
        }
    }

    private IEnumerable<StoreBatch> Batches(List<Event> events)
    {
        for (var from = 0; from < events.Count;)
        {
            var revision = events[from].Kv.ModRevision;
            var to = from;
            while (to < events.Count && events[to].Kv.ModRevision == revision)
            {
                to++;
            }

            yield return new StoreBatch(map.ToStore(revision), [.. events.GetRange(from, to - from).Select(Change)]);
            from = to;
        }
    }

    private StoreChange Change(Event change) => new(
        map.KeyOf(change.Kv),
        change.Type == Event.Types.EventType.Delete ? null : map.Entry(change.Kv),
        change.PrevKv is { } previous ? map.Entry(previous) : null);
}
