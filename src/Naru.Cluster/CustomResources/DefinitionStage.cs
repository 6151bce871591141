using Microsoft.Extensions.Logging;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>
/// Follows the CustomResourceDefinitions, one round for every burst of changes: (1) judge the names, (2) serve what is accepted, (3) say so in the status, (4) delete the instances of what is being
/// deleted, and let it go when none are left.
/// </summary>
internal sealed partial class DefinitionStage(ObjectCaches caches, ServedResources served, IObjects objects, TimeProvider time, ILogger<DefinitionStage> logger) : IEngineStage, IDisposable
{
    internal const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    private const string Manager = "kube-apiserver";
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);
    private static readonly WriteOptions Whole = new() { FieldManager = Manager };
    private static readonly WriteOptions Status = new() { FieldManager = Manager, Subresource = "status" };

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changed = new(1, 1);
    private Task _work = Task.CompletedTask;
    private string _served = "";

    /// <inheritdoc/>
    public int Order => 811;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Serve([.. Standing().Select(static one => one.Tree)]);
        _work = Task.WhenAll(ListenAsync(_stop.Token), RunAsync(_stop.Token));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _work;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _changed.Dispose();
    }

    private IEnumerable<CachedObject> Standing() => caches.Of(Definitions).Snapshot().In(null);

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in objects.WatchAsync(Definitions, cancellationToken))
                {
                    Signal();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException)
            {
                // Too slow or cut off: the next watch begins with everything.
                Signal();
            }
        }
    }

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round is due already.
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var again = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (again)
                {
                    await Task.Delay(Again, time, cancellationToken);
                }
                else
                {
                    await _changed.WaitAsync(cancellationToken);
                }

                again = await RoundAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException failure)
            {
                LogFailed(failure.Message);
                again = true;
            }
        }
    }

    // True if there is something left to do that no change will tell of.
    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var plans = DefinitionPlan.Of(Standing());
        Serve([.. plans.Select(static plan => plan.Wished)]);
        var left = false;
        foreach (var plan in plans)
        {
            try
            {
                left |= await ActAsync(plan, cancellationToken);
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
            {
                // Gone or changed meanwhile: the next round sees it.
                left = true;
            }
        }

        return left;
    }

    private async Task<bool> ActAsync(DefinitionPlan plan, CancellationToken cancellationToken)
    {
        var tree = plan.Standing.Tree;
        var name = plan.Standing.Name;
        if (tree.Map("metadata")!.Has("deletionTimestamp"))
        {
            return HasFinalizer(tree) && await EndAsync(plan, cancellationToken);
        }

        if (!HasFinalizer(tree))
        {
            // Before anything can be made of it.
            await objects.ChangeAsync(Definitions, "", name, static body => AddFinalizer(body), Whole, cancellationToken);
        }

        if (!SameStatus(tree, plan.Wished))
        {
            await objects.ChangeAsync(Definitions, "", name, body => DefinitionStatus.Apply(body, plan.Accepted, plan.Named, [], time.GetUtcNow()), Status, cancellationToken);
        }

        return false;
    }

    private async Task<bool> EndAsync(DefinitionPlan plan, CancellationToken cancellationToken)
    {
        var name = plan.Standing.Name;
        var resource = new GroupResource(plan.Standing.Tree.Text("spec", "group") ?? "", plan.Standing.Tree.Text("spec", "names", "plural") ?? "");
        if (!DefinitionStatus.Is(plan.Standing.Tree, "Terminating"))
        {
            var condition = DefinitionNames.Condition("Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress");
            await objects.ChangeAsync(Definitions, "", name, body => Mark(body, condition), Status, cancellationToken);
        }

        var present = DefinitionStatus.Is(plan.Standing.Tree, "Established") && served.Find(resource) is not null;
        foreach (var item in present ? objects.List(resource) : [])
        {
            if (!item.Tree.Map("metadata")!.Has("deletionTimestamp"))
            {
                await DeleteAsync(resource, item, cancellationToken);
            }
        }

        if (present && objects.List(resource).Count > 0)
        {
            return true;
        }

        await objects.ChangeAsync(Definitions, "", name, static body => RemoveFinalizer(body), Whole, cancellationToken);
        return false;
    }

    private async Task DeleteAsync(GroupResource resource, StoredObject item, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(resource, item.Namespace, item.Name, new DeleteOptions(), cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Somebody else was quicker.
        }
    }

    private bool Mark(MapValue body, MapValue condition)
    {
        DefinitionStatus.Set(body, condition, time.GetUtcNow());
        return true;
    }

    private void Serve(List<MapValue> definitions)
    {
        var established = definitions.Where(static one => DefinitionStatus.Is(one, "Established")).ToList();
        var key = string.Join('\n', established.Select(static one => $"{one.Text("metadata", "uid")} {one.Integer("metadata", "generation")} {one.Text("metadata", "deletionTimestamp")} {one.At("status", "acceptedNames", "plural")}"));
        if (key != _served)
        {
            _served = key;
            served.SetCustom(established.SelectMany(DefinitionReader.Read).Where(one => !served.IsBuiltIn(one.Storage)));
        }
    }

    private static bool SameStatus(MapValue standing, MapValue wished) => standing["status"]?.DeepEquals(wished["status"]) == true;

    private static bool HasFinalizer(MapValue tree) => tree.List("metadata", "finalizers")?.Texts().Contains(Finalizer) == true;

    private static bool AddFinalizer(MapValue body)
    {
        body.MakeMap("metadata").MakeList("finalizers").Add(Finalizer);
        return true;
    }

    private static bool RemoveFinalizer(MapValue body)
    {
        body.List("metadata", "finalizers")?.RemoveAll(static one => one is TextValue { Text: Finalizer });
        return true;
    }

    [LoggerMessage(10010, LogLevel.Warning, "A round over the custom resource definitions failed: {Reason}")]
    private partial void LogFailed(string reason);
}
