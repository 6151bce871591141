using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>
/// Makes the slices of an owner what they are to be, with few writes: an endpoint stays in the slice where it is, new ones fill slices that have room and are written anyway,
/// then others that have room, then new slices.
/// </summary>
internal sealed class SliceWriter(ControllerObjects objects, Informers informers)
{
    public const string ServiceName = "kubernetes.io/service-name";
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const int Most = 100;

    private readonly OwnerIndex _owned = informers.OwnedOf(UpkeepResources.EndpointSlices);

    public async Task WriteAsync(StoredObject owner, GroupVersionKind kind, WantedSlices wanted, MapValue labels, CancellationToken cancellationToken)
    {
        var options = new WriteOptions { FieldManager = labels.Text(ManagedBy) ?? "naru" };
        var standing = _owned.Of(owner.Uid).Where(one => !one.IsEnding && one.Tree.Text("metadata", "labels", ManagedBy) == labels.Text(ManagedBy))
            .ToLookup(static one => SliceGroup.KeyOf(one.Tree.Text("addressType") ?? "", one.Tree.List("ports")));
        // A slice whose ports nobody wants any more is made one of those that are wanted and have none yet.
        var spare = standing.Where(row => !wanted.Groups.ContainsKey(row.Key)).SelectMany(static row => row).ToList();
        foreach (var group in wanted.Groups.Values)
        {
            var slices = standing[group.Key].OrderBy(static one => one.Name, StringComparer.Ordinal).ToList();
            if (slices.Count == 0 && spare.Find(one => one.Tree.Text("addressType") == group.Family) is { } other)
            {
                spare.Remove(other);
                slices.Add(other);
            }

            await WriteGroupAsync(owner, kind, group, slices, labels, options, cancellationToken);
        }

        foreach (var slice in spare)
        {
            await DeleteAsync(slice, cancellationToken);
        }
    }

    private async Task WriteGroupAsync(StoredObject owner, GroupVersionKind kind, SliceGroup group, List<StoredObject> standing, MapValue labels, WriteOptions options, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, MapValue>(group.Endpoints);
        var plans = standing.ConvertAll(slice => Plan(slice, group, left));
        var fresh = new Queue<MapValue>(group.Endpoints.Where(row => left.ContainsKey(row.Key)).Select(static row => row.Value));
        foreach (var plan in plans.OrderByDescending(static plan => plan.Changed).ThenByDescending(static plan => plan.Endpoints.Count))
        {
            while (fresh.Count > 0 && plan.Endpoints.Count < Most)
            {
                plan.Endpoints.Add(fresh.Dequeue());
                plan.Changed = true;
            }
        }

        var keepEmpty = group.Endpoints.Count == 0;
        foreach (var plan in plans)
        {
            if (plan.Endpoints.Count == 0 && !keepEmpty)
            {
                await DeleteAsync(plan.Slice, cancellationToken);
                continue;
            }

            keepEmpty = keepEmpty && plan.Endpoints.Count > 0;
            await UpdateAsync(plan, labels, options, cancellationToken);
        }

        while (fresh.Count > 0 || (group.Endpoints.Count == 0 && plans.Count == 0))
        {
            var part = new ListValue();
            while (fresh.Count > 0 && part.Count < Most)
            {
                part.Add(fresh.Dequeue());
            }

            await CreateAsync(owner, kind, group, part, labels, options, cancellationToken);
            if (part.Count == 0)
            {
                break;
            }
        }
    }

    private static SlicePlan Plan(StoredObject slice, SliceGroup group, Dictionary<string, MapValue> left)
    {
        var plan = new SlicePlan(slice, group.Ports) { Changed = SliceGroup.KeyOf(group.Family, slice.Tree.List("ports")) != group.Key };
        foreach (var endpoint in slice.Tree.Maps("endpoints"))
        {
            if (!left.Remove(SliceGroup.IdentityOf(endpoint), out var now))
            {
                plan.Changed = true;
                continue;
            }

            plan.Changed |= !now.DeepEquals(endpoint);
            plan.Endpoints.Add(now);
        }

        return plan;
    }

    private async Task UpdateAsync(SlicePlan plan, MapValue labels, WriteOptions options, CancellationToken cancellationToken)
    {
        if (plan.Changed || !labels.DeepEquals(plan.Slice.Tree.At("metadata", "labels")))
        {
            await objects.ChangeAsync(UpkeepResources.EndpointSlices, plan.Slice.Namespace, plan.Slice.Name, tree =>
            {
                tree["endpoints"] = plan.Endpoints.Clone();
                tree["ports"] = plan.Ports.Clone();
                tree.MakeMap("metadata")["labels"] = labels.Clone();
                return true;
            }, options, cancellationToken);
        }
    }

    private async Task CreateAsync(StoredObject owner, GroupVersionKind kind, SliceGroup group, ListValue endpoints, MapValue labels, WriteOptions options, CancellationToken cancellationToken)
    {
        var body = new MapValue(6)
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new MapValue(4)
            {
                ["generateName"] = owner.Name + "-",
                ["namespace"] = owner.Namespace,
                ["labels"] = labels.Clone(),
                ["ownerReferences"] = new ListValue([Owners.Reference(owner, kind)]),
            },
            ["addressType"] = group.Family,
            ["endpoints"] = endpoints,
            ["ports"] = group.Ports.Clone(),
        };
        await objects.CreateAsync(UpkeepResources.EndpointSlices, body, options, cancellationToken);
    }

    /// <summary>Deletes all slices that this manager made for an owner.</summary>
    public async Task DeleteAllAsync(StoredObject owner, string manager, CancellationToken cancellationToken)
    {
        foreach (var slice in _owned.Of(owner.Uid).Where(one => one.Tree.Text("metadata", "labels", ManagedBy) == manager))
        {
            await DeleteAsync(slice, cancellationToken);
        }
    }

    private async Task DeleteAsync(StoredObject slice, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(UpkeepResources.EndpointSlices, slice.Namespace, slice.Name, new DeleteOptions { Uid = slice.Uid }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone already.
        }
    }

    private sealed class SlicePlan(StoredObject slice, ListValue ports)
    {
        public StoredObject Slice => slice;

        public ListValue Ports => ports;

        public ListValue Endpoints { get; } = [];

        public bool Changed { get; set; }
    }
}
