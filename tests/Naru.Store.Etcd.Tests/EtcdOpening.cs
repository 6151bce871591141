using Microsoft.Extensions.Logging.Abstractions;
using Naru.Testing.Running;

namespace Naru.Store.Etcd.Tests;

internal static class EtcdOpening
{
    /// <summary>A store on this etcd, which is started if it is not; waits until it answers.</summary>
    public static async Task<EtcdStore> OpenAsync(this EtcdProcess etcd, string prefix, Func<EtcdStoreOptions, EtcdStoreOptions>? with = null, TimeProvider? time = null)
    {
        if (!etcd.IsStarted)
        {
            etcd.Start();
        }

        // A busy disk takes its time to flush; an etcd that was killed is known by its closed connection.
        var options = new EtcdStoreOptions { Endpoints = [etcd.Endpoint], Prefix = prefix, RequestTimeout = TimeSpan.FromMinutes(1) };
        var store = new EtcdStore(with?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger<EtcdStore>.Instance);
        await new EtcdStoreStage(store, TimeProvider.System, NullLogger<EtcdStoreStage>.Instance).StartAsync(CancellationToken.None);
        return store;
    }
}
