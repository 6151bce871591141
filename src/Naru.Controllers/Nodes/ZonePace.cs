using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>How fast nodes are given up: the more of a zone is lost, the less likely it is that the nodes are to blame. Any thread.</summary>
/// <param name="options">Rates.</param>
/// <param name="nodes">All nodes.</param>
/// <param name="isLate">Whether a node, by name, that is still said to be ready has not been heard of: those that will be said to be lost in a moment count too, since many may be lost in the same one.</param>
/// <param name="time">Clock.</param>
internal sealed class ZonePace(NodeControllersOptions options, Func<IReadOnlyList<StoredObject>> nodes, Func<string, bool> isLate, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _next = [];
    private Dictionary<string, (int Lost, int All)> _zones = [];
    private Dictionary<string, NodeView> _views = [];
    private DateTimeOffset _counted = DateTimeOffset.MinValue;

    /// <summary>The zone that a node says it is in.</summary>
    public static string ZoneOf(MapValue node)
    {
        var labels = node.Map("metadata", "labels");
        return $"{labels?.Text("topology.kubernetes.io/region")}/{labels?.Text("topology.kubernetes.io/zone")}";
    }

    /// <summary>Asks to give up a node of a zone now: null if it may be, otherwise how long to wait before asking again.</summary>
    public TimeSpan? TryTake(string zone)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var rate = RateOf(zone, now);
            if (rate <= 0)
            {
                return LookAgain;
            }

            if (_next.TryGetValue(zone, out var next) && next > now)
            {
                return next - now < LookAgain ? next - now : LookAgain;
            }

            _next[zone] = now + TimeSpan.FromSeconds(1 / rate);
            return null;
        }
    }

    /// <summary>No zone has a node left: then it is this server that is cut off, and nobody is driven away.</summary>
    public bool IsBlind()
    {
        lock (_lock)
        {
            Count(time.GetUtcNow());
            return _zones.Values.All(static zone => zone.Lost == zone.All);
        }
    }

    private double RateOf(string zone, DateTimeOffset now)
    {
        Count(now);
        var (lost, all) = _zones.GetValueOrDefault(zone);
        if (lost > 2 && lost < all && (double)lost / all >= options.UnhealthyZoneThreshold)
        {
            return all > options.LargeZone ? options.SecondaryEvictionRate : 0;
        }

        return options.EvictionRate;
    }

    // Counting is as much work as there are nodes, and many nodes may be lost at once.
    private void Count(DateTimeOffset now)
    {
        if (now - _counted < Glance && _zones.Count > 0)
        {
            return;
        }

        _counted = now;
        _zones = [];
        var before = _views;
        _views = [];
        foreach (var node in nodes())
        {
            // Trees of thousands of nodes, read each second, would push all others out of memory.
            var view = before.TryGetValue(node.Name, out var known) && known.Revision == node.Revision ? known : NodeView.Of(node);
            _views[node.Name] = view;
            var (lost, all) = _zones.GetValueOrDefault(view.Zone);
            _zones[view.Zone] = (!view.Ready || isLate(node.Name) ? lost + 1 : lost, all + 1);
        }
    }

    private readonly record struct NodeView(long Revision, string Zone, bool Ready)
    {
        public static NodeView Of(StoredObject node) => new(node.Revision, ZoneOf(node.Tree), node.Tree.Condition("Ready")?.Text("status") == "True");
    }
}
