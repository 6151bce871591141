using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Errors;
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

        var options = new EtcdStoreOptions { Endpoints = [etcd.Endpoint], Prefix = prefix };
        var store = new EtcdStore(with?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger<EtcdStore>.Instance);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await store.OpenAsync(limit.Token);
                return store;
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            }
        }
    }
}
