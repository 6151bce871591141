using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Ingress.Following;

/// <summary>What became of an object, or (without one) that the first snapshot of a resource is complete.</summary>
internal readonly record struct ObjectStep(GroupResource Resource, StoredObject? Old, StoredObject? Now)
{
    public bool IsSnapshotEnd => Old is null && Now is null;

    public StoredObject Object => Now ?? Old!;
}
