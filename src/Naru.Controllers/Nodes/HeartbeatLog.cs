using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>When each node was heard of last, by this process' own clock: nodes' clocks may be wrong. A node is heard of when it renews its lease or says its status anew. Any thread.</summary>
internal sealed class HeartbeatLog(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Beat> _leases = new(), _statuses = new();

    /// <summary>Follows the leases of nodes.</summary>
    public void FollowLease(StoredObject? old, StoredObject? now)
    {
        if ((now ?? old)!.Namespace == NodeWords.LeaseSpace)
        {
            Follow(_leases, (now ?? old)!.Name, now?.Tree.Text("spec", "renewTime"));
        }
    }

    /// <summary>Follows the nodes.</summary>
    public void FollowNode(StoredObject? old, StoredObject? now) => Follow(_statuses, (now ?? old)!.Name, now?.Tree.Condition("Ready")?.Text("lastHeartbeatTime") ?? (now is null ? null : ""));

    /// <summary>Whether a node that has said that it is ready is late. Needs no look at the node itself.</summary>
    public bool IsLate(string node, NodeControllersOptions options)
    {
        var since = time.GetUtcNow() - options.NodeGracePeriod;
        return _statuses.TryGetValue(node, out var status) && status.Seen <= since && !(_leases.TryGetValue(node, out var lease) && lease.Seen > since);
    }

    /// <summary>By when the node must be heard of again: some time after the last word, or, if it never said anything, after it was made.</summary>
    public DateTimeOffset Deadline(StoredObject node, NodeControllersOptions options)
    {
        var lease = _leases.GetValueOrDefault(node.Name)?.Seen + options.NodeGracePeriod;
        var first = node.Tree.Condition("Ready") is null
            ? (node.Tree.Time("metadata", "creationTimestamp") ?? time.GetUtcNow()) + options.NodeStartupGracePeriod
            : (_statuses.GetValueOrDefault(node.Name)?.Seen ?? time.GetUtcNow()) + options.NodeGracePeriod;
        return lease > first ? lease.Value : first;
    }

    // A new leader hears of everybody at its start and gives them all the same time.
    private void Follow(ConcurrentDictionary<string, Beat> beats, string name, string? stamp)
    {
        if (stamp is null)
        {
            beats.TryRemove(name, out _);
        }
        else if (beats.GetValueOrDefault(name)?.Stamp != stamp)
        {
            beats[name] = new(stamp, time.GetUtcNow());
        }
    }

    private sealed record Beat(string Stamp, DateTimeOffset Seen);
}
