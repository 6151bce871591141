using System.Collections.Concurrent;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Proxying;

/// <summary>Counters by object: they outlive changes of its routes.</summary>
internal sealed class CounterTable
{
    private readonly ConcurrentDictionary<SourceKey, RouteCounters> _all = new();

    public IEnumerable<RouteCounters> All => _all.Values;

    public RouteCounters For(SourceKey source) => _all.GetOrAdd(source, static key => new(key));

    public void Forget(SourceKey source) => _all.TryRemove(source, out _);
}
