using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Cluster.Watching;
using Naru.Core.Errors;
using Naru.Objects.Api;

namespace Naru.Cluster.Reading;

/// <summary>Lists: of what stands, page by page, or as of an older revision, to which the caches are rolled back along the changes that they keep.</summary>
internal sealed class ObjectLists(ServedResources served, ObjectCaches caches, RevisionGate gate, Freshness freshness, ObjectForms forms)
{
    private const string Exact = "Exact";

    public async ValueTask<ApiList> ListAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken)
    {
        Check(options);
        var resource = served.Of(call.Resource);
        var cache = caches.Of(resource.Storage);
        var filter = ListWish.FilterOf(call, resource, cache, options);
        if (options.Continue.Length > 0)
        {
            var token = ContinueToken.Parse(options.Continue);
            return token.Revision < 0 ? Page(resource, cache, filter, gate.Applied, Now(cache, filter), options.Limit, token) : Page(resource, cache, filter, token.Revision, AsOf(cache, filter, token.Revision, token), options.Limit, token);
        }

        await freshness.WaitAsync(options.ResourceVersion, cancellationToken);
        if (options.ResourceVersionMatch == Exact)
        {
            var revision = ContinueToken.ParseRevision(options.ResourceVersion);
            return Page(resource, cache, filter, revision, AsOf(cache, filter, revision, null), options.Limit, null);
        }

        // Read before the objects: they may be newer than said, never older.
        var known = gate.Applied;
        return Page(resource, cache, filter, known, options.Limit > 0 && known > 0 ? AsOf(cache, filter, known, null) : Now(cache, filter), options.Limit, null);
    }

    private static void Check(ListOptions options)
    {
        if (options.Limit < 0)
        {
            throw NaruException.Invalid("limit: Invalid value: must be greater than or equal to 0");
        }

        if (options.Continue.Length > 0 && (options.ResourceVersion.Length > 0 && options.ResourceVersion != "0" || options.ResourceVersionMatch.Length > 0))
        {
            throw NaruException.Invalid("specifying resource version is not allowed when using continue");
        }

        if (options.ResourceVersionMatch.Length > 0 && options.ResourceVersionMatch is not (Exact or "NotOlderThan"))
        {
            throw NaruException.Invalid($"resourceVersionMatch: Unsupported value: \"{options.ResourceVersionMatch}\": supported values: \"Exact\", \"NotOlderThan\"");
        }

        if (options.ResourceVersionMatch.Length > 0 && options.ResourceVersion.Length == 0)
        {
            throw NaruException.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (options.ResourceVersionMatch == Exact && options.ResourceVersion == "0")
        {
            throw NaruException.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }
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

    private ApiList Page(ServedResource resource, ResourceCache cache, ObjectFilter filter, long revision, IReadOnlyList<CachedObject> items, long limit, ContinueToken? after)
    {
        var found = new List<ApiObject>();
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

            found.Add(forms.AnswerMany(item, resource));
            last = item;
        }

        _ = cache;
        return remaining == 0
            ? new ApiList(found, revision, "", null)
            : new ApiList(found, revision, new ContinueToken(revision, last!.Namespace, last.Name).ToString(), filter.HasSelectors ? null : remaining);
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
