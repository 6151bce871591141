using Naru.Cluster.Catalogue;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>When an object that is being deleted is gone.</summary>
internal static class Finalization
{
    /// <summary>Nothing holds the object any more: it is being deleted, has no finalizers, and no grace left.</summary>
    public static bool EndsNow(ServedResource resource, MapValue body)
    {
        var metadata = body.Map("metadata");
        return metadata is not null
            && metadata.Has("deletionTimestamp")
            && !HasFinalizers(resource, body)
            && metadata.Integer("deletionGracePeriodSeconds") is null or 0;
    }

    /// <summary>Somebody must do something before the object may go.</summary>
    public static bool HasFinalizers(ServedResource resource, MapValue body) =>
        body.List("metadata", "finalizers") is { Count: > 0 }
        || (resource.Info is { Kind: "Namespace", Resource.Group: "" } && body.List("spec", "finalizers") is { Count: > 0 });
}
