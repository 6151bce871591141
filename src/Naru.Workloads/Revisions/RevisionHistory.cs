using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Revisions;

/// <summary>The forms that a StatefulSet or DaemonSet had, as ControllerRevisions: what <c>kubectl rollout history</c> and <c>undo</c> read.</summary>
public sealed class RevisionHistory(ControllerObjects objects, Informers informers)
{
    private static readonly GroupResource Resource = WorkloadKind.Revision.Resource;
    private readonly OwnerIndex _revisions = informers.OwnedOf(Resource);

    /// <summary>The revisions of an owner, oldest first; such as nobody controls and that fit its selector are taken in.</summary>
    internal async Task<List<StoredObject>> ListAsync(StoredObject owner, WorkloadKind kind, PodSelector selector, CancellationToken cancellationToken)
    {
        var all = _revisions.Of(owner.Uid).ToList();
        if (!owner.IsEnding)
        {
            foreach (var orphan in _revisions.OrphansIn(owner.Namespace).Where(one => selector.Matches(one.Labels)))
            {
                all.Add(await objects.ChangeAsync(Resource, orphan.Namespace, orphan.Name, tree => Owners.TryAdd(tree, owner, kind.Kind), kind.Write, cancellationToken));
            }
        }

        return [.. all.OrderBy(NumberOf).ThenBy(static one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>The revision that holds a template: an old one that becomes the newest, or a new one. Null if its name is taken: the collision must be counted.</summary>
    internal async Task<StoredObject?> EnsureAsync(
        StoredObject owner, WorkloadKind kind, MapValue template, long? collisions, string hashLabel, List<StoredObject> history, CancellationToken cancellationToken)
    {
        var newest = history.Count == 0 ? 0 : NumberOf(history[^1]);
        var equal = history.FindLast(one => TemplateOf(one).DeepEquals(template));
        if (equal is not null)
        {
            if (NumberOf(equal) == newest)
            {
                return equal;
            }

            var raised = await objects.ChangeAsync(Resource, equal.Namespace, equal.Name, tree => SetNumber(tree, newest + 1), kind.Write, cancellationToken);
            history.Remove(equal);
            history.Add(raised);
            return raised;
        }

        var hash = TemplateHash.Of(template, collisions);
        try
        {
            var made = await objects.CreateAsync(Resource, ToBody(owner, kind, template, hash, newest + 1, hashLabel), kind.Write, cancellationToken);
            history.Add(made);
            return made;
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            return null;
        }
    }

    /// <summary>Deletes the oldest revisions beyond the limit; those in use stay.</summary>
    internal async Task TrimAsync(List<StoredObject> history, int limit, IReadOnlySet<string> used, CancellationToken cancellationToken)
    {
        var unused = history.FindAll(one => !used.Contains(one.Name) && !used.Contains(HashOf(one)));
        foreach (var old in unused.Take(Math.Max(0, unused.Count - limit)))
        {
            try
            {
                await objects.DeleteAsync(Resource, old.Namespace, old.Name, new DeleteOptions { Uid = old.Uid }, cancellationToken);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
            {
                // Gone already.
            }
        }
    }

    /// <summary>Whether a revision holds this template.</summary>
    internal static MapValue TemplateOf(StoredObject revision)
    {
        var template = revision.Tree.Map("data", "spec", "template")?.CloneMap() ?? [];
        template.Remove("$patch");
        return template;
    }

    internal static string HashOf(StoredObject revision) =>
        revision.Tree.Map("metadata", "labels") is { } labels ? labels.Text("controller-revision-hash") ?? labels.Text("controller.kubernetes.io/hash") ?? "" : "";

    private static long NumberOf(StoredObject revision) => revision.Tree.Integer("revision") ?? 0;

    private static bool SetNumber(MapValue tree, long number)
    {
        tree["revision"] = number;
        return true;
    }

    private static MapValue ToBody(StoredObject owner, WorkloadKind kind, MapValue template, string hash, long number, string hashLabel)
    {
        var data = template.CloneMap();
        data["$patch"] = "replace";
        data = (MapValue)InOrder(data);
        var labels = template.Map("metadata", "labels")?.CloneMap() ?? [];
        labels[hashLabel] = hash;
        return new MapValue(6)
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ControllerRevision",
            ["metadata"] = new MapValue
            {
                ["name"] = $"{owner.Name}-{hash}",
                ["namespace"] = owner.Namespace,
                ["labels"] = labels,
                ["ownerReferences"] = new ListValue([Owners.Reference(owner, kind.Kind)]),
            },
            ["data"] = new MapValue { ["spec"] = new MapValue { ["template"] = data } },
            ["revision"] = number,
        };
    }

    // Clients compare this data with a template byte for byte, as Go writes maps: by name.
    private static Value InOrder(Value value) => value switch
    {
        MapValue map => map.OrderBy(static one => one.Key, StringComparer.Ordinal).Aggregate(new MapValue(map.Count), static (sorted, one) =>
        {
            sorted[one.Key] = InOrder(one.Value);
            return sorted;
        }),
        ListValue list => new ListValue(list.Select(InOrder)),
        _ => value,
    };
}
