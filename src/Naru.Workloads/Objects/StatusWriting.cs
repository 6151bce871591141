using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Workloads.Objects;

/// <summary>Writing the status of what a controller looks after.</summary>
internal static class StatusWriting
{
    /// <summary>A copy of the status to work on.</summary>
    public static MapValue CopyStatus(this StoredObject one) => one.Tree.Map("status")?.CloneMap() ?? [];

    /// <summary>Sets a count, or takes it out when it is zero, as Kubernetes' omitempty does.</summary>
    public static void SetCount(this MapValue status, string name, long count) => status[name] = count == 0 ? null : count;

    /// <summary>Writes a status if it differs from the one that stands. Conflict if the object changed meanwhile.</summary>
    public static async Task<StoredObject> WriteStatusAsync(this IObjects objects, WorkloadKind kind, StoredObject one, MapValue status, CancellationToken cancellationToken)
    {
        if (status.DeepEquals(one.Tree["status"]) || (status.Count == 0 && !one.Tree.Has("status")))
        {
            return one;
        }

        var body = new MapValue(6);
        foreach (var (name, value) in one.Tree.AsSpan())
        {
            body[name] = name == "status" ? status : value.Clone();
        }

        body["status"] = status;
        return await objects.UpdateAsync(kind.Resource, body, kind.Write with { Subresource = "status" }, cancellationToken);
    }
}
