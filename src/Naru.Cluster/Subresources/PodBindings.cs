using System.Globalization;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>Binds pods to nodes: the one write that comes by the ten thousand, so it touches as little of the object as it can.</summary>
internal sealed class PodBindings(ServedResources served, ObjectCaches caches, ObjectStore store, TimeProvider time)
{
    private const int Tries = 5;
    private static readonly GroupResource Pods = new("", "pods");

    /// <summary>Many bindings, in one request to the store; for each null when it is made, else why not.</summary>
    public async Task<IReadOnlyList<NaruException?>> BindAllAsync(IReadOnlyList<PodBinding> bindings, CancellationToken cancellationToken)
    {
        var answers = new NaruException?[bindings.Count];
        var (writes, places) = (new List<ExpectedWrite>(bindings.Count), new List<int>(bindings.Count));
        for (var place = 0; place < answers.Length; place++)
        {
            answers[place] = Prepare(bindings[place], null, out var write);
            if (answers[place] is null)
            {
                writes.Add(write);
                places.Add(place);
            }
        }

        var written = await store.PutAllAsync(served.Of(Pods), writes, cancellationToken);
        for (var at = 0; at < written.Count; at++)
        {
            if (!written[at])
            {
                // Changed meanwhile: this one alone is tried again.
                answers[places[at]] = await BindAsync(bindings[places[at]], null, false, cancellationToken);
            }
        }

        return answers;
    }

    /// <summary>One binding; null when it is made, else why not.</summary>
    public async Task<NaruException?> BindAsync(PodBinding binding, MapValue? annotations, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Prepare(binding, annotations, out var write) is { } failure)
            {
                return failure;
            }

            if (dryRun || await store.PutAsync(served.Of(Pods), binding.Namespace, binding.Name, write.Write, write.Before.Revision, cancellationToken) is not null)
            {
                return null;
            }

            if (attempt == Tries)
            {
                return ApiFailures.Modified(served.Of(Pods), binding.Name);
            }
        }
    }

    private NaruException? Prepare(PodBinding binding, MapValue? annotations, out ExpectedWrite write)
    {
        write = default;
        var resource = served.Of(Pods);
        if (caches.Of(Pods).Get(binding.Namespace, binding.Name) is not { } current)
        {
            return ApiFailures.NotFound(resource, binding.Name);
        }

        if (binding.Uid.Length > 0 && binding.Uid != current.Uid)
        {
            return ApiFailures.WrongUid(resource, binding.Name, binding.Uid, current.Uid);
        }

        var moment = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var bound = annotations is { Count: > 0 } ? null : OfText(current, binding, moment);
        if (bound is null && Obstacle(resource, current, binding) is { } obstacle)
        {
            return obstacle;
        }

        write = new ExpectedWrite(current, bound ?? OfTree(current.Tree, binding, annotations, moment));
        return null;
    }

    // A tree that is at hand is of use to those who read the pod next; one that is not is not made for them.
    private static OwnWrite? OfText(CachedObject current, PodBinding binding, string moment) => BoundText.Write(current.Json.Span, binding.Node, moment) is { } text
        ? new OwnWrite(text, current.KnownTree is { } tree ? Bound(tree, binding, null, moment) : null, new FieldChange(current, "spec.nodeName", binding.Node))
        : null;

    private static OwnWrite OfTree(MapValue tree, PodBinding binding, MapValue? annotations, string moment)
    {
        var bound = StoredJson.Arrange(Bound(tree, binding, annotations, moment));
        return new OwnWrite(StoredJson.Write(bound), bound);
    }

    private static NaruException? Obstacle(ServedResource resource, CachedObject current, PodBinding binding)
    {
        if (current.IsEnding)
        {
            return ApiFailures.Conflict(resource, binding.Name, $"pod {binding.Name} is being deleted, cannot be assigned to a host");
        }

        if (current.Tree.Text("spec", "nodeName") is { Length: > 0 } node)
        {
            return ApiFailures.Conflict(resource, binding.Name, $"pod {binding.Name} is already assigned to node \"{node}\"");
        }

        return current.Tree.List("spec", "schedulingGates") is { Count: > 0 }
            ? ApiFailures.Conflict(resource, binding.Name, $"pod {binding.Name} has non-empty .spec.schedulingGates")
            : null;
    }

    // Shares every branch that stays as it is: only the maps on the way to what changes are made anew.
    private static MapValue Bound(MapValue tree, PodBinding binding, MapValue? annotations, string moment)
    {
        var pod = tree.CloneShallow();
        var metadata = tree.Map("metadata")!.CloneShallow();
        pod["metadata"] = metadata;
        if (annotations is { Count: > 0 })
        {
            var all = (metadata.Map("annotations") ?? []).CloneShallow();
            foreach (var (name, value) in annotations.AsSpan())
            {
                all[name] = value;
            }

            metadata["annotations"] = all;
        }

        var spec = tree.Map("spec")!.CloneShallow();
        spec["nodeName"] = binding.Node;
        pod["spec"] = spec;
        var status = (tree.Map("status") ?? []).CloneShallow();
        var conditions = new ListValue(status.List("conditions")?.Where(static one => (one as MapValue)?.Text("type") != "PodScheduled") ?? []);
        var scheduled = new MapValue { { "type", "PodScheduled" }, { "status", "True" }, { "lastProbeTime", NullValue.Instance }, { "lastTransitionTime", moment } };
        scheduled["observedGeneration"] = tree.Map("metadata")?["generation"];
        conditions.Add(scheduled);
        status["conditions"] = conditions;
        pod["status"] = status;
        return pod;
    }
}
