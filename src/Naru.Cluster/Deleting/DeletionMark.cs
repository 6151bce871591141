using System.Globalization;
using Naru.Cluster.Catalogue;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Deleting;

/// <summary>How an object says that it is being deleted.</summary>
internal static class DeletionMark
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";

    /// <summary>Sets the garbage collector's finalizers as the propagation asks. True if that changed anything.</summary>
    public static bool SetFinalizers(ServedResource resource, MapValue body, DeletePropagation? asked)
    {
        var metadata = body.MakeMap("metadata");
        var finalizers = metadata.List("finalizers")?.Texts().ToList() ?? [];
        if (asked is null && (finalizers.Contains(Orphan) || finalizers.Contains(Foreground)))
        {
            return false;
        }

        var before = finalizers.Count;
        var wanted = (asked ?? resource.Rules.DefaultPropagation) switch
        {
            DeletePropagation.Orphan => Orphan,
            DeletePropagation.Foreground => Foreground,
            _ => null,
        };
        var changed = finalizers.RemoveAll(one => one is Orphan or Foreground && one != wanted) > 0;
        if (wanted is not null && !finalizers.Contains(wanted))
        {
            finalizers.Add(wanted);
            changed = true;
        }

        if (changed)
        {
            metadata["finalizers"] = finalizers.Count == 0 ? null : new ListValue(finalizers.Select(static one => (Value)one));
        }

        return changed || before != finalizers.Count;
    }

    /// <summary>Sets the time of the deletion; a second deletion can only bring it nearer. True if that changed anything.</summary>
    public static bool SetTime(ServedResource resource, MapValue body, long grace, DateTimeOffset now)
    {
        var metadata = body.MakeMap("metadata");
        if (metadata.Has("deletionTimestamp") && metadata.Integer("deletionGracePeriodSeconds") is var standing && (standing is null || grace >= standing))
        {
            return false;
        }

        if (!metadata.Has("deletionTimestamp") && metadata.Integer("generation") is > 0 and var generation)
        {
            metadata["generation"] = generation + 1;
        }

        metadata["deletionTimestamp"] = now.AddSeconds(grace).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        metadata["deletionGracePeriodSeconds"] = grace;
        if (resource.Info is { Kind: "Namespace", Resource.Group: "" })
        {
            body.MakeMap("status")["phase"] = "Terminating";
        }

        return true;
    }

    /// <summary>The options as webhooks see them.</summary>
    public static MapValue OptionsBody(DeleteOptions options)
    {
        var body = new MapValue { { "apiVersion", "meta.k8s.io/v1" }, { "kind", "DeleteOptions" } };
        if (options.GracePeriodSeconds is { } grace)
        {
            body["gracePeriodSeconds"] = grace;
        }

        if (options.Propagation is { } propagation)
        {
            body["propagationPolicy"] = propagation.ToString();
        }

        if (options.DryRun)
        {
            body["dryRun"] = new ListValue(["All"]);
        }

        var conditions = new MapValue();
        if (options.Uid is { } uid)
        {
            conditions["uid"] = uid;
        }

        if (options.Revision is { } revision)
        {
            conditions["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        }

        body["preconditions"] = conditions.Count == 0 ? null : conditions;

        return body;
    }
}
