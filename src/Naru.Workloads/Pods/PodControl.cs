using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Pods;

/// <summary>Makes, deletes, adopts and releases pods for their owners, and says so in events.</summary>
public sealed class PodControl(ControllerObjects objects, EventRecorder events, Informers informers)
{
    // Informers know only what somebody asked for before they started.
    private readonly OwnerIndex _pods = informers.OwnedOf(WorkloadKind.Pods);

    /// <summary>The pods of an owner: its own that fit its selector, and such as it just took in. Own ones that no longer fit are let go. One that is being deleted takes in none.</summary>
    public async Task<List<PodFacts>> ClaimAsync(StoredObject owner, WorkloadKind kind, PodSelector selector, Func<PodFacts, bool>? fits, CancellationToken cancellationToken)
    {
        var claimed = new List<PodFacts>();
        var isDeleting = owner.IsEnding;
        foreach (var stored in _pods.Of(owner.Uid))
        {
            var pod = new PodFacts(stored);
            if (stored.Namespace != owner.Namespace)
            {
                continue;
            }

            if (selector.Matches(pod.Labels) && fits?.Invoke(pod) != false)
            {
                claimed.Add(pod);
            }
            else if (!isDeleting)
            {
                await ChangeOwnerAsync(pod, tree => Owners.TryRemove(tree, owner.Uid), kind, cancellationToken);
            }
        }

        if (isDeleting)
        {
            return claimed;
        }

        foreach (var stored in _pods.OrphansIn(owner.Namespace))
        {
            var pod = new PodFacts(stored);
            if (!pod.IsTerminating && selector.Matches(pod.Labels) && fits?.Invoke(pod) != false
                && await ChangeOwnerAsync(pod, tree => Owners.TryAdd(tree, owner, kind.Kind), kind, cancellationToken) is { } adopted
                && adopted.ControllerUid == owner.Uid)
            {
                claimed.Add(new(adopted));
            }
        }

        return claimed;
    }

    /// <summary>The pods that name the owner as theirs, without a look at selectors.</summary>
    public IEnumerable<PodFacts> OwnedBy(StoredObject owner) => _pods.Of(owner.Uid).Select(static one => new PodFacts(one));

    /// <summary>Makes a pod. A refusal is told as an event of the owner.</summary>
    public async Task<StoredObject> CreateAsync(StoredObject owner, WorkloadKind kind, MapValue pod, CancellationToken cancellationToken)
    {
        try
        {
            var made = await objects.CreateAsync(WorkloadKind.Pods, pod, kind.Write, cancellationToken);
            events.Record(owner, false, "SuccessfulCreate", $"Created pod: {made.Name}", kind.Component);
            return made;
        }
        catch (NaruException failure) when (failure.Kind != ErrorKind.AlreadyExists)
        {
            events.Record(owner, true, "FailedCreate", $"Error creating: {failure.Message}", kind.Component);
            throw;
        }
    }

    /// <summary>Makes many pods: one first, then twice as many each time while all goes well, so that a template that is refused is refused few times. Says how many were made and what
    /// went wrong first.</summary>
    public async Task<(int Made, NaruException? Failure)> CreateManyAsync(StoredObject owner, WorkloadKind kind, IReadOnlyList<MapValue> pods, CancellationToken cancellationToken)
    {
        var made = 0;
        NaruException? failure = null;
        for (var batch = 1; made < pods.Count && failure is null; batch *= 2)
        {
            var size = Math.Min(batch, pods.Count - made);
            var tasks = new Task<NaruException?>[size];
            for (var index = 0; index < size; index++)
            {
                tasks[index] = TryCreateAsync(owner, kind, pods[made + index], cancellationToken);
            }

            var failures = await Task.WhenAll(tasks);
            failure = failures.FirstOrDefault(static one => one is not null);
            made += size;
        }

        return (made, failure);
    }

    /// <summary>Deletes a pod; one that is gone already is no failure.</summary>
    public async Task DeleteAsync(StoredObject owner, WorkloadKind kind, PodFacts pod, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(WorkloadKind.Pods, pod.Stored.Namespace, pod.Name, new DeleteOptions { Uid = pod.Uid }, cancellationToken);
            events.Record(owner, false, "SuccessfulDelete", $"Deleted pod: {pod.Name}", kind.Component);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Somebody else was quicker.
        }
        catch (NaruException failure)
        {
            events.Record(owner, true, "FailedDelete", $"Error deleting: {failure.Message}", kind.Component);
            throw;
        }
    }

    /// <summary>Deletes many pods side by side.</summary>
    public Task DeleteManyAsync(StoredObject owner, WorkloadKind kind, IEnumerable<PodFacts> pods, CancellationToken cancellationToken) =>
        Task.WhenAll(pods.Select(pod => DeleteAsync(owner, kind, pod, cancellationToken)));

    private async Task<NaruException?> TryCreateAsync(StoredObject owner, WorkloadKind kind, MapValue pod, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(owner, kind, pod, cancellationToken);
            return null;
        }
        catch (NaruException failure)
        {
            return failure;
        }
    }

    private async Task<StoredObject?> ChangeOwnerAsync(PodFacts pod, Func<MapValue, bool> change, WorkloadKind kind, CancellationToken cancellationToken)
    {
        try
        {
            return await objects.ChangeAsync(
                WorkloadKind.Pods, pod.Stored.Namespace, pod.Name, tree => tree.Text("metadata", "uid") == pod.Uid && change(tree), kind.Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
