using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>Which pods are on which node, kept by a watch. It may lag by moments: who asks and does not find looks at the cache itself.</summary>
internal sealed partial class NodePods(Lazy<IObjects> objects, TimeProvider time, ILogger<NodePods> logger)
{
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ConcurrentDictionary<string, ImmutableDictionary<(string, string), StoredObject>> _nodes = new(StringComparer.Ordinal);

    /// <summary>Whether one of the node's pods in the namespace (null: anywhere) is as wished.</summary>
    public bool Any(string node, string? @namespace, Func<MapValue, bool> wished)
    {
        foreach (var (key, pod) in _nodes.GetValueOrDefault(node) ?? ImmutableDictionary<(string, string), StoredObject>.Empty)
        {
            if ((@namespace is null || key.Item1 == @namespace) && wished(pod.Tree))
            {
                return true;
            }
        }

        return @namespace is not null && objects.Value.List(Pods, @namespace).Any(pod => NodeOf(pod) == node && wished(pod.Tree));
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var filling = new ConcurrentDictionary<string, ImmutableDictionary<(string, string), StoredObject>>(StringComparer.Ordinal);
                await foreach (var change in objects.Value.WatchAsync(Pods, cancellationToken))
                {
                    Take(filling, change);
                    if (change.IsSnapshotEnd)
                    {
                        _nodes = filling;
                    }
                }
            }
            catch (NaruException failure)
            {
                if (failure.Kind != ErrorKind.Expired)
                {
                    LogFailed(failure);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static string NodeOf(StoredObject pod) => pod.Field("spec.nodeName");

    private static void Take(ConcurrentDictionary<string, ImmutableDictionary<(string, string), StoredObject>> nodes, ObjectChange change)
    {
        if (change.Object is not { } pod || NodeOf(pod) is not { Length: > 0 } node)
        {
            return;
        }

        var key = (pod.Namespace, pod.Name);
        if (change.Kind == ChangeKind.Deleted)
        {
            var left = nodes.GetValueOrDefault(node)?.Remove(key);
            if (left is null or { Count: 0 })
            {
                nodes.TryRemove(node, out _);
            }
            else
            {
                nodes[node] = left;
            }
        }
        else
        {
            nodes[node] = (nodes.GetValueOrDefault(node) ?? ImmutableDictionary<(string, string), StoredObject>.Empty).SetItem(key, pod);
        }
    }

    [LoggerMessage(11003, LogLevel.Warning, "Pods of nodes could not be followed; trying again")]
    private partial void LogFailed(Exception exception);
}
