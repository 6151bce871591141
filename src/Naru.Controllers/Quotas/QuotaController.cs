using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Quotas;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Quotas;

/// <summary>Counts anew what the quotas of a namespace limit. Admission charges quotas when something is made; this controller sees to it that they are relieved when something goes, and that
/// what stands is right.</summary>
/// <remarks>An object that is charged already may not be seen yet. So a count that is lower than what is charged is believed only when nobody charged the quota between two looks at it.</remarks>
public sealed class QuotaController(ControllerObjects objects, TimeProvider time) : IController
{
    private const int MostLooks = 20;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Recount = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RecountUnwatched = TimeSpan.FromSeconds(5);
    private static readonly GroupResource Quotas = new("", "resourcequotas");
    private static readonly WriteOptions Write = new() { FieldManager = "resourcequota-controller", Subresource = "status" };

    /// <summary>Resources whose changes are followed; others are counted again and again while a quota limits them.</summary>
    private static readonly GroupResource[] Watched =
    [
        UpkeepResources.Pods, UpkeepResources.Services, UpkeepResources.ConfigMaps, new("", "secrets"), new("", "persistentvolumeclaims"), new("", "replicationcontrollers"),
        new("apps", "deployments"), new("apps", "replicasets"), new("apps", "statefulsets"), new("batch", "jobs"), new("batch", "cronjobs"),
    ];

    private readonly ConcurrentDictionary<ObjectKey, Look> _looks = new();

    /// <inheritdoc/>
    public string Name => "resourcequota_primary";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [new(Quotas, WakeForQuota), .. Watched.Select(resource => new WatchRule(resource, WakeForUser))];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Quotas, key.Namespace, key.Name) is not { } quota || quota.IsEnding)
        {
            _looks.TryRemove(key, out _);
            return Requeue.No;
        }

        var hard = QuotaCount.Write(PodResources.Read(quota.Tree.Map("spec", "hard")));
        var used = QuotaCount.Used(quota.Tree, resource => objects.List(resource, key.Namespace).Select(static one => one.Tree), time.GetUtcNow());
        var charged = PodResources.Read(quota.Tree.Map("status", "used"));
        if (used.Any(one => charged.TryGetValue(one.Key, out var more) && more > one.Value) && !IsQuiet(key, quota))
        {
            return Requeue.In(LookAgain);
        }

        _looks.TryRemove(key, out _);
        var status = new MapValue(2) { ["hard"] = hard, ["used"] = QuotaCount.Write(used) };
        if (!status.DeepEquals(quota.Tree["status"]))
        {
            var body = quota.Tree.CloneMap();
            body["status"] = status;
            await objects.UpdateAsync(Quotas, body, Write, cancellationToken);
        }

        return Requeue.In(used.Keys.Select(QuotaUsage.ResourceOf).OfType<GroupResource>().All(one => one == Quotas || Watched.Contains(one)) ? Recount : RecountUnwatched);
    }

    /// <summary>Nobody charged the quota since the look before; or somebody always does, and waiting longer helps nobody.</summary>
    private bool IsQuiet(ObjectKey key, StoredObject quota)
    {
        var before = _looks.GetValueOrDefault(key);
        if (before is not null && (before.Revision == quota.Revision ? time.GetElapsedTime(before.Since) >= LookAgain : before.Count >= MostLooks))
        {
            return true;
        }

        if (before?.Revision != quota.Revision)
        {
            _looks[key] = new(quota.Revision, time.GetTimestamp(), (before?.Count ?? 0) + 1);
        }

        return false;
    }

    private void WakeForQuota(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (old is null || now is null)
        {
            // Quotas may be limited themselves.
            WakeAll((now ?? old)!.Namespace, keys, TimeSpan.Zero);
        }
        else if (!Equals(old.Tree["spec"], now.Tree["spec"]) || !Equals(now.Tree.At("spec", "hard"), now.Tree.At("status", "hard")))
        {
            keys.Add(ObjectKey.Of(now));
        }
    }

    private void WakeForUser(StoredObject? old, StoredObject? now, IKeys keys)
    {
        var one = (now ?? old)!;
        if (objects.List(Quotas, one.Namespace).Count == 0)
        {
            return;
        }

        if (now is null)
        {
            WakeAll(one.Namespace, keys, TimeSpan.Zero);
        }
        else if (old is null)
        {
            // Admission has charged it; this finds what was made beside a quota's own beginning.
            WakeAll(one.Namespace, keys, TimeSpan.FromSeconds(1));
        }
        else if (one.Resource.Group.Length == 0 && !SameUsage(old, now))
        {
            WakeAll(one.Namespace, keys, TimeSpan.Zero);
        }

        if (now?.Resource == UpkeepResources.Pods && now.Tree.Time("metadata", "deletionTimestamp") is { } end)
        {
            // A pod that should have ended uses nothing, even if its node never tells.
            WakeAll(one.Namespace, keys, end - time.GetUtcNow() + TimeSpan.FromSeconds(1));
        }
    }

    private bool SameUsage(StoredObject old, StoredObject now)
    {
        var moment = time.GetUtcNow();
        var before = QuotaUsage.Of(old.Resource, old.Tree, moment);
        var after = QuotaUsage.Of(now.Resource, now.Tree, moment);
        return before.Count == after.Count && before.All(one => after.TryGetValue(one.Key, out var quantity) && quantity == one.Value);
    }

    private void WakeAll(string @namespace, IKeys keys, TimeSpan time)
    {
        foreach (var quota in objects.List(Quotas, @namespace))
        {
            keys.AddAfter(ObjectKey.Of(quota), time);
        }
    }

    private static bool Equals(Value? left, Value? right) => left?.DeepEquals(right) ?? right is null;

    private sealed record Look(long Revision, long Since, int Count);
}
