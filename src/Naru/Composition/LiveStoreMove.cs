using System.Text.Json.Nodes;
using Naru.Configuration;
using Naru.Core.Errors;
using Naru.Core.Stores;

namespace Naru.Composition;

/// <summary>Moves the objects of the running instance to the other kind of store. Reads go on; writes are refused from the start, and after it has succeeded until naru is started anew on
/// the other store, for nothing may be written to the old one any more.</summary>
internal sealed class LiveStoreMove(NaruOptions options, StoreValve valve, TimeProvider time)
{
    /// <summary>Runs it. FailedPrecondition if the objects are there already.</summary>
    public async Task<JsonObject> RunAsync(JsonObject wish, CancellationToken cancellationToken)
    {
        var to = wish["to"]?.GetValue<string>() ?? "";
        var now = options.EtcdEndpoints.Count == 0 ? "sqlite" : "etcd";
        if (to == now || to is not ("sqlite" or "etcd"))
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"the objects of this instance are in {now} already");
        }

        var there = now == "etcd" ? options : options with
        {
            EtcdEndpoints = [.. wish["endpoints"]!.AsArray().Select(static one => one!.GetValue<string>())],
            EtcdCa = wish["ca"]?.GetValue<string>(),
            EtcdCert = wish["cert"]?.GetValue<string>(),
            EtcdKey = wish["key"]?.GetValue<string>(),
            EtcdPrefix = wish["prefix"]?.GetValue<string>() ?? options.EtcdPrefix,
        };
        await valve.CloseAsync(time, cancellationToken);
        try
        {
            return await StoreMove.RunAsync(there, to, valve, cancellationToken);
        }
        catch
        {
            valve.Open();
            throw;
        }
    }
}
