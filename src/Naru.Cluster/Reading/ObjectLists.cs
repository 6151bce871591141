using System.Globalization;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Cluster.Watching;
using Naru.Core.Errors;
using Naru.Objects.Api;

namespace Naru.Cluster.Reading;

/// <summary>Lists: of what stands, page by page, or as of an older revision, to which the caches are rolled back along the changes that they keep.</summary>
internal sealed class ObjectLists(ServedResources served, ObjectCaches caches, RevisionGate gate, Freshness freshness, ObjectForms forms, ClusterOptions settings, TimeProvider time)
{
    public async ValueTask<ApiList> ListAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken)
    {
        ListChecks.List(options);
        var resource = served.Of(call.Resource);
        var cache = caches.Of(resource.Storage);
        var filter = ListWish.FilterOf(call, resource, cache, options);
        if (options.Continue.Length > 0)
        {
            var token = ContinueToken.Parse(options.Continue);
            if (token.Revision < 0)
            {
                // What stands now: the pages after this one are of the same moment.
                var now = gate.Applied;
                return await PageAsync(resource, filter, now, AsOf(cache, filter, now, null), options.Limit, token, cancellationToken);
            }

            await freshness.WaitAsync(token.Revision.ToString(CultureInfo.InvariantCulture), cancellationToken);
            if (time.GetUtcNow().ToUnixTimeSeconds() - token.Began > settings.HistoryAge.TotalSeconds)
            {
                throw TooOld(token);
            }

            return await PageAsync(resource, filter, token.Revision, AsOf(cache, filter, token.Revision, token), options.Limit, token, cancellationToken);
        }

        await freshness.WaitAsync(options.ResourceVersion, cancellationToken);
        var given = ContinueToken.ParseRevision(options.ResourceVersion);
        if (options.ResourceVersionMatch == ListChecks.Exact || (options.ResourceVersionMatch.Length == 0 && options.Limit > 0 && given > 0))
        {
            return await PageAsync(resource, filter, given, AsOf(cache, filter, given, null), options.Limit, null, cancellationToken);
        }

        // Read before the objects: what has come since is taken back, so that a watch from here on misses and repeats nothing.
        var known = gate.Applied;
        var single = filter.SingleName is not null && filter.Namespace is not null;
        return await PageAsync(resource, filter, known, single ? Now(cache, filter) : AsOf(cache, filter, known, null), options.Limit, null, cancellationToken);
    }

    private static IReadOnlyList<CachedObject> Now(ResourceCache cache, ObjectFilter filter)
    {
        if (filter.SingleName is { } name && filter.Namespace is { } @namespace)
        {
            return cache.Get(@namespace, name) is { } one ? [one] : [];
        }

        return cache.Snapshot().In(filter.Namespace);
    }

    private static IReadOnlyList<CachedObject> AsOf(ResourceCache cache, ObjectFilter filter, long revision, ContinueToken? token)
    {
        var (snapshot, since) = cache.SnapshotSince(revision);
        if (since is null)
        {
            throw TooOld(token);
        }

        return since.Count == 0 ? snapshot.In(filter.Namespace) : Rollback.To(snapshot.In(filter.Namespace), since, filter.Namespace);
    }

    private async ValueTask<ApiList> PageAsync(ServedResource resource, ObjectFilter filter, long revision, IReadOnlyList<CachedObject> items, long limit, ContinueToken? after, CancellationToken cancellationToken)
    {
        var found = new List<CachedObject>();
        CachedObject? last = null;
        var remaining = 0L;
        foreach (var item in after is null ? items : items.Skip(Rollback.FirstAfter(items, after.Namespace, after.Name)))
        {
            if (!filter.Matches(item))
            {
                continue;
            }

            if (limit > 0 && found.Count == limit)
            {
                remaining++;
                continue;
            }

            found.Add(item);
            last = item;
        }

        var answers = await forms.AnswerAsync(found, resource, cancellationToken);
        if (remaining == 0)
        {
            return new ApiList(answers, revision, "", null);
        }

        var next = new ContinueToken(revision, last!.Namespace, last.Name) { Began = after is { Revision: >= 0 } ? after.Began : time.GetUtcNow().ToUnixTimeSeconds() };
        return new ApiList(answers, revision, next.ToString(), filter.HasSelectors ? null : remaining);
    }

    private static NaruException TooOld(ContinueToken? token) => token is null
        ? new NaruException(ErrorKind.Expired, "The resourceVersion for the provided list is too old.")
        : new NaruException(
            ErrorKind.Expired,
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
            + "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
        {
            Details = new FailureDetails { Continue = (token with { Revision = -1 }).ToString() },
        };
}
