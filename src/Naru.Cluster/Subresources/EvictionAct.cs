using System.Globalization;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Deleting;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary><c>pods/eviction</c>: a deletion that the disruption budgets of the pod must allow.</summary>
internal sealed class EvictionAct(ServedResources served, ObjectCaches caches, ObjectStore store, ObjectDeletion deletion, TimeProvider time) : ICreateAct
{
    private const int Tries = 10;
    private const string Condition = "DisruptionTarget";
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Budgets = new("policy", "poddisruptionbudgets");

    public bool Handles(ServedResource resource, string subresource) => subresource == "eviction" && resource.Info.Resource is { Group: "", Resource: "pods" };

    public async Task<ApiObject> ActAsync(ApiCall call, ServedResource resource, string name, MapValue body, CancellationToken cancellationToken)
    {
        var options = OptionsOf(body, call);
        var pod = caches.Of(Pods).Get(call.Namespace, name) ?? throw ApiFailures.NotFound(resource, name);
        if (!MayIgnoreBudgets(pod.Tree))
        {
            await AskBudgetsAsync(call, pod, cancellationToken);
        }

        if (!options.DryRun)
        {
            options = await MarkAsync(pod, options, cancellationToken);
        }

        await deletion.DeleteAsync(call with { Subresource = "" }, name, options, cancellationToken);
        return new ApiObject(null, StatusBody.Success(), true);
    }

    // Whoever counts failures of pods can leave out those that were not the pod's own.
    private async Task<DeleteOptions> MarkAsync(CachedObject pod, DeleteOptions options, CancellationToken cancellationToken)
    {
        var resource = served.Of(Pods);
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var tree = pod.Tree;
            if (IsMarked(tree) || tree.Map("metadata")!.Has("deletionTimestamp") || (options.Revision is { } wanted && wanted != pod.Revision))
            {
                return options;
            }

            var marked = tree.CloneMap();
            var conditions = marked.MakeMap("status").MakeList("conditions");
            conditions.RemoveAll(static one => one is MapValue map && map.Text("type") == Condition);
            var moment = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var mark = new MapValue { { "type", Condition }, { "status", "True" }, { "reason", "EvictionByEvictionAPI" }, { "message", "Eviction API: evicting" }, { "lastTransitionTime", moment } };
            mark["observedGeneration"] = tree.Map("metadata")?["generation"];
            conditions.Add(mark);
            if (await store.PutAsync(resource, pod.Namespace, pod.Name, marked, pod.Revision, cancellationToken) is { } written)
            {
                return options.Revision is null ? options : options with { Revision = written.Revision };
            }

            if (caches.Of(Pods).Get(pod.Namespace, pod.Name) is not { } newer)
            {
                return options;
            }

            pod = newer;
        }

        return options;
    }

    private static bool IsMarked(MapValue pod) => pod.Maps("status", "conditions").Any(static one => one.Text("type") == Condition && one.Text("status") == "True");

    private static DeleteOptions OptionsOf(MapValue body, ApiCall call)
    {
        var given = body.Map("deleteOptions") ?? [];
        return new DeleteOptions
        {
            GracePeriodSeconds = given.Integer("gracePeriodSeconds"),
            Propagation = given.Text("propagationPolicy") is { } policy && Enum.TryParse<DeletePropagation>(policy, out var known) ? known : null,
            Uid = given.Text("preconditions", "uid"),
            Revision = given.Text("preconditions", "resourceVersion") is { } revision ? long.Parse(revision, CultureInfo.InvariantCulture) : null,
            DryRun = call.DryRun || given.List("dryRun") is { Count: > 0 },
            User = call.User,
        };
    }

    // What has ended, has not begun, or is going already disrupts nobody.
    private static bool MayIgnoreBudgets(MapValue pod) =>
        pod.Text("status", "phase") is "Succeeded" or "Failed" or "Pending" || pod.Map("metadata")!.Has("deletionTimestamp");

    private async Task AskBudgetsAsync(ApiCall call, CachedObject pod, CancellationToken cancellationToken)
    {
        var labels = pod.Labels;
        var budgets = caches.Of(Budgets).Snapshot().In(call.Namespace)
            .Where(budget => budget.Tree.Map("spec", "selector") is { } selector && LabelSelector.FromBody(selector).Matches(labels)).ToList();
        if (budgets.Count > 1)
        {
            throw new NaruException(ErrorKind.Internal, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }

        if (budgets.Count == 1)
        {
            await TakeAsync(call, budgets[0], pod, cancellationToken);
        }
    }

    private async Task TakeAsync(ApiCall call, CachedObject budget, CachedObject pod, CancellationToken cancellationToken)
    {
        var resource = served.Of(Budgets);
        for (var attempt = 1; ; attempt++)
        {
            var tree = budget.Tree;
            var ready = pod.Tree.Maps("status", "conditions").Any(static one => one.Text("type") == "Ready" && one.Text("status") == "True");
            var status = tree.Map("status") ?? [];
            if (!ready && (tree.Text("spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow" || (status.Integer("desiredHealthy") > 0 && status.Integer("currentHealthy") >= status.Integer("desiredHealthy"))))
            {
                return;
            }

            Check(budget, tree, status);
            if (call.DryRun)
            {
                return;
            }

            var taken = tree.CloneMap();
            var now = taken.MakeMap("status");
            now["disruptionsAllowed"] = status.Integer("disruptionsAllowed")!.Value - 1;
            now.MakeMap("disruptedPods")[pod.Name] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            if (await store.PutAsync(resource, budget.Namespace, budget.Name, taken, budget.Revision, cancellationToken) is not null)
            {
                return;
            }

            budget = caches.Of(Budgets).Get(budget.Namespace, budget.Name) is { } newer && attempt < Tries ? newer : throw Refusal(budget, "the budget changes too fast");
        }
    }

    private static void Check(CachedObject budget, MapValue tree, MapValue status)
    {
        if ((status.Integer("observedGeneration") ?? 0) < (tree.Integer("metadata", "generation") ?? 0))
        {
            throw Refusal(budget, $"The disruption budget {budget.Name} is still being processed by the server.", TimeSpan.FromSeconds(10));
        }

        if ((status.Integer("disruptionsAllowed") ?? 0) <= 0)
        {
            throw Refusal(
                budget,
                string.Create(CultureInfo.InvariantCulture, $"The disruption budget {budget.Name} needs {status.Integer("desiredHealthy") ?? 0} healthy pods and has {status.Integer("currentHealthy") ?? 0} currently"));
        }
    }

    private static NaruException Refusal(CachedObject budget, string detail, TimeSpan? retry = null) => new(ErrorKind.ResourceExhausted, "Cannot evict pod as it would violate the pod's disruption budget.")
    {
        Details = new FailureDetails { Kind = "pods", Name = budget.Name, Causes = [new FailureCause("DisruptionBudget", detail, "")], RetryAfter = retry },
    };
}
