using System.Globalization;
using System.Runtime.CompilerServices;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Cluster.Watching;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Cluster.Reading;

/// <summary>Watches: the snapshot or the changes since a revision, then each change once, with bookmarks in quiet times.</summary>
internal sealed class ObjectWatches(ServedResources served, ObjectCaches caches, RevisionGate gate, Freshness freshness, ObjectForms forms, ClusterOptions settings, TimeProvider time)
{
    /// <summary>For requests from outside: at the version asked for, with a time limit.</summary>
    public async IAsyncEnumerable<ApiChange> WatchAsync(ApiCall call, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListChecks.Watch(options);
        var resource = served.Of(call.Resource);
        var cache = caches.Of(resource.Storage);
        var filter = ListWish.FilterOf(call, resource, cache, options);
        await freshness.WaitAsync(options.ResourceVersion, cancellationToken);
        var fromRevision = options.SendInitialEvents != true && options.ResourceVersion is not ("" or "0");
        var start = Start(cache, filter, fromRevision ? ContinueToken.ParseRevision(options.ResourceVersion) : options.SendInitialEvents == false ? gate.Applied : null, isPaced: true);
        using var cursor = start.Cursor!;
        using var limit = new CancellationTokenSource(options.Timeout ?? settings.WatchTimeout * (1 + Random.Shared.NextDouble()), time);
        using var wakeAtEnd = limit.Token.Register(static state => ((WatchCursor)state!).Wake(), cursor);
        using var wakeAtAbort = cancellationToken.Register(static state => ((WatchCursor)state!).Wake(), cursor);
        using var bookmarks = time.CreateTimer(static state => ((WatchCursor)state!).Wake(), cursor, settings.BookmarkInterval, settings.BookmarkInterval);
        var seen = start.Revision;
        if (start.Snapshot is not null && resource.Custom is { AsksWebhook: true })
        {
            // The webhook is asked about many at a time.
            CachedObject[] items = [.. start.Snapshot.In(filter.Namespace).Where(filter.Matches)];
            var answers = await forms.AnswerAsync(items, resource, cancellationToken);
            for (var place = 0; place < items.Length; place++)
            {
                yield return new ApiChange(ChangeKind.Added, answers[place], items[place].Revision, false);
            }
        }
        else
        {
            foreach (var first in First(start, filter))
            {
                seen = Math.Max(seen, first.Revision);
                yield return await FormAsync(first, resource, cancellationToken);
            }
        }

        if (options.SendInitialEvents == true)
        {
            yield return new ApiChange(ChangeKind.Bookmark, null, start.Revision, true);
        }

        var told = time.GetTimestamp();
        while (!limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stands = resource.Custom is null || served.TryRenew(ref resource);
            var known = gate.Applied;
            while (cursor.TryNext(out var link))
            {
                seen = link!.Change!.Revision;
                var version = resource.Info.Resource.ApiVersion;
                yield return link.Known(version) ?? link.Keep(version, await FormAsync(link.Change, resource, cancellationToken));
            }

            if (!stands)
            {
                // The definition is gone, or serves this version no longer.
                break;
            }

            if (options.AllowWatchBookmarks && time.GetElapsedTime(told) >= settings.BookmarkInterval)
            {
                told = time.GetTimestamp();
                // Where changes wait for the next beat, only what was shown is known to the client.
                yield return new ApiChange(ChangeKind.Bookmark, null, cursor.HasNext ? seen : known, false);
            }

            await cursor.WaitAsync();
        }

        // Read before the chain is found empty: everything up to it has been seen.
        var last = gate.Applied;
        if (options.AllowWatchBookmarks && !cursor.HasNext)
        {
            yield return new ApiChange(ChangeKind.Bookmark, null, last, false);
        }
    }

    /// <summary>For parts of this process: as stored, without end.</summary>
    public async IAsyncEnumerable<ObjectChange> WatchAsync(GroupResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = Start(caches.Of(resource), ObjectFilter.Everything, null, isPaced: false);
        using var cursor = start.Cursor!;
        using var wake = cancellationToken.Register(static state => ((WatchCursor)state!).Wake(), cursor);
        foreach (var item in start.Snapshot!.In(null))
        {
            yield return new ObjectChange(ChangeKind.Added, item, null, item.Revision);
        }

        yield return new ObjectChange(ChangeKind.Bookmark, null, null, start.Revision, true);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (cursor.TryNext(out var link))
            {
                yield return link!.Change!;
            }

            await cursor.WaitAsync();
        }
    }

    private Started Start(ResourceCache cache, ObjectFilter filter, long? after, bool isPaced)
    {
        // Read first: what comes in between is seen as a change.
        var revision = gate.Applied;
        var start = cache.Watch(filter, after, isPaced);
        return start.Cursor is not null
            ? new Started(start.Cursor, start.Snapshot, start.Changes, revision)
            : throw new NaruException(ErrorKind.Expired, string.Create(CultureInfo.InvariantCulture, $"too old resource version: {after} ({revision})"));
    }

    private static IEnumerable<ObjectChange> First(Started start, ObjectFilter filter) => start.Snapshot is not null
        ? start.Snapshot.In(filter.Namespace).Where(filter.Matches).Select(static item => new ObjectChange(ChangeKind.Added, item, null, item.Revision))
        : start.Changes!.Select(change => WatchGroup.View(filter, change)).OfType<ObjectChange>();

    private async ValueTask<ApiChange> FormAsync(ObjectChange change, ServedResource resource, CancellationToken cancellationToken) =>
        new(change.Kind, change.Object is null ? null : await forms.AnswerAsync((CachedObject)change.Object, resource, cancellationToken), change.Revision, false);

    private readonly record struct Started(WatchCursor Cursor, ObjectSnapshot? Snapshot, List<CacheChange>? Changes, long Revision);
}
