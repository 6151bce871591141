using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;

namespace Naru.Controllers.Events;

/// <summary>Deletes events some time after what they tell of happened last. One key for all: each look ends with the time at which the next event is due.</summary>
internal sealed class EventController(ControllerObjects objects, ControllersOptions options, TimeProvider time) : IController
{
    private const int Burst = 500;
    private static readonly ObjectKey All = new("", "all");
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => "event_expiry";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        // Events have no end: one key serves all, and nothing is looked at before the first of them is due.
        new(UpkeepResources.Namespaces, static (old, now, keys) =>
        {
            if (old is null && now!.Name == "default")
            {
                keys.Add(All);
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var next = now + options.EventLifetime;
        var deleted = 0;
        foreach (var one in objects.List(UpkeepResources.Events))
        {
            var due = LastOf(one, now) + options.EventLifetime;
            if (due > now)
            {
                next = due < next ? due : next;
                continue;
            }

            if (deleted++ == Burst)
            {
                return Requeue.In(TimeSpan.Zero);
            }

            await DeleteAsync(one, cancellationToken);
        }

        return Requeue.In(next - now < Shortest ? Shortest : next - now);
    }

    private static DateTimeOffset LastOf(StoredObject one, DateTimeOffset now)
    {
        var tree = one.Tree;
        DateTimeOffset?[] times = [tree.Time("lastTimestamp"), tree.Time("series", "lastObservedTime"), tree.Time("eventTime"), tree.Time("metadata", "creationTimestamp")];
        return times.Max() ?? now;
    }

    private async Task DeleteAsync(StoredObject one, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(UpkeepResources.Events, one.Namespace, one.Name, new DeleteOptions { Uid = one.Uid, Revision = one.Revision }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Gone already, or it happened once more.
        }
    }
}
