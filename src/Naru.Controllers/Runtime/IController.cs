using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Controllers.Runtime;

/// <summary>A loop that makes the actual state follow the wished state, one key at a time. It is level-triggered: it is told which key may need work, never what happened,
/// and reads the newest state itself. The same key is never worked on twice at once; different keys are worked on side by side.</summary>
public interface IController
{
    /// <summary>Name of its queue in logs and metrics, as Kubernetes has it: <c>deployment</c>.</summary>
    string Name { get; }

    /// <summary>How many keys it may work on at once.</summary>
    int Workers => 2;

    /// <summary>Which changes give which keys. Asked once, before the first key.</summary>
    IEnumerable<WatchRule> Watches { get; }

    /// <summary>Brings one key nearer to its wish. Called again for a key that changed meanwhile. A failure is tried again later, with back-off per key: Conflict, NotFound and
    /// AlreadyExists silently (somebody else was quicker), others with a log line.</summary>
    Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken);
}

/// <summary>When a key is to be worked on again though nothing changes.</summary>
/// <param name="After">After this time; null: not before something changes.</param>
public readonly record struct Requeue(TimeSpan? After)
{
    /// <summary>Not before something changes.</summary>
    public static readonly Requeue No;

    /// <summary>After this time, at the latest.</summary>
    public static Requeue In(TimeSpan time) => new(time < TimeSpan.Zero ? TimeSpan.Zero : time);

    /// <summary>The sooner of two.</summary>
    public Requeue Or(TimeSpan? time) => time is not { } other ? this : After is { } mine && mine <= other ? this : In(other);
}

/// <summary>Where keys go.</summary>
public interface IKeys
{
    /// <summary>The key needs work now. Equal keys merge.</summary>
    void Add(ObjectKey key);

    /// <summary>The key needs work after a time; the soonest time counts.</summary>
    void AddAfter(ObjectKey key, TimeSpan time);
}

/// <summary>Turns changes of a resource into keys.</summary>
/// <param name="Resource">What is watched.</param>
/// <param name="Changed">Gets the object before (null: it is new) and after (null: it is gone) and adds keys. Must be quick and must not wait.</param>
public sealed record WatchRule(GroupResource Resource, Action<StoredObject?, StoredObject?, IKeys> Changed)
{
    /// <summary>The resource need not be served: nobody waits for it before the controllers start.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Every changed object is a key itself.</summary>
    public static WatchRule Self(GroupResource resource) => new(resource, static (old, now, keys) => keys.Add(ObjectKey.Of((now ?? old)!)));

    /// <summary>A changed object gives the key of its controlling owner of this kind.</summary>
    public static WatchRule Owner(GroupResource resource, GroupKind kind) => new(resource, (old, now, keys) =>
    {
        var before = old?.ControllerUid is null || old.ControllerUid == now?.ControllerUid ? null : Owners.ControllerOf(old.Tree);
        var after = now?.ControllerUid is null ? null : Owners.ControllerOf(now.Tree);
        if (after is not null && after.Is(kind))
        {
            keys.Add(new(now!.Namespace, after.Name));
        }

        if (before is not null && before.Is(kind))
        {
            keys.Add(new(old!.Namespace, before.Name));
        }
    });
}
