using System.Globalization;
using Etcdserverpb;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Store.Etcd.Connections;
using Naru.Store.Etcd.Translation;

namespace Naru.Store.Etcd.Compaction;

/// <summary>Forgets history once a period. A key says which revision was newest at the last round; who changes it unchanged since his own last look
/// has the round and compacts up to that revision, so of several servers one does it and every revision lives for a period at least.</summary>
internal sealed partial class Compactor(EtcdConnection connection, string prefix, TimeSpan period, TimeProvider time, Func<long, CancellationToken, Task> compact, ILogger logger)
{
    private readonly ByteString _key = EtcdMap.Own(prefix, "compaction");
    private long _seen;
    private long _newestThen;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RoundAsync(cancellationToken);
            }
            catch (NaruException failure)
            {
                RoundFailed(failure);
            }
        }
    }

    /// <returns>True when this server had the round.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var newest = (await connection.ReadAsync(
            async (invoker, options) => await new KV.KVClient(invoker).RangeAsync(new RangeRequest { Key = _key, CountOnly = true }, options),
            cancellationToken)).Header.Revision;
        var request = new TxnRequest();
        request.Compare.Add(new Compare { Key = _key, Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, ModRevision = _seen });
        request.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = _key, Value = ByteString.CopyFromUtf8(newest.ToString(CultureInfo.InvariantCulture)) } });
        request.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = _key } });
        var answer = await connection.CallAsync(async (invoker, options) => await new KV.KVClient(invoker).TxnAsync(request, options), cancellationToken);
        if (!answer.Succeeded)
        {
            var kept = answer.Responses[0].ResponseRange.Kvs.FirstOrDefault();
            _seen = kept?.ModRevision ?? 0;
            _newestThen = kept is not null && long.TryParse(kept.Value.ToStringUtf8(), CultureInfo.InvariantCulture, out var then) ? then : 0;
            return false;
        }

        var due = _newestThen;
        (_seen, _newestThen) = (answer.Header.Revision, newest);
        if (due > 0)
        {
            await compact(due, cancellationToken);
            Compacted(due);
        }

        return true;
    }

    [LoggerMessage(15501, LogLevel.Debug, "Compacted etcd up to revision {Revision}")]
    private partial void Compacted(long revision);

    [LoggerMessage(15502, LogLevel.Warning, "Etcd could not be compacted; it is tried again")]
    private partial void RoundFailed(Exception failure);
}
