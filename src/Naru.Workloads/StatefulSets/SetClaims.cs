using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.StatefulSets;

/// <summary>Makes the claims of a StatefulSet's pods and keeps their owners as its retention policy wishes.</summary>
public sealed class SetClaims(ControllerObjects objects, EventRecorder events)
{
    private static readonly WorkloadKind Kind = WorkloadKind.StatefulSet;

    internal async Task EnsureAsync(StoredObject set, StatefulSetSpec spec, int ordinal, CancellationToken cancellationToken)
    {
        foreach (var template in spec.Claims)
        {
            var claim = SetPods.ToClaim(set, spec, template, ordinal);
            var name = claim.Text("metadata", "name")!;
            if (objects.Get(WorkloadKind.Claims, set.Namespace, name) is { } there)
            {
                if (there.IsEnding)
                {
                    throw NaruException.Conflict($"persistentvolumeclaim \"{name}\" is being deleted");
                }

                continue;
            }

            try
            {
                await objects.CreateAsync(WorkloadKind.Claims, claim, Kind.Write, cancellationToken);
                events.Record(set, false, "SuccessfulCreate", $"create Claim {name} Pod {set.Name}-{ordinal.Text()} in StatefulSet {set.Name} success", Kind.Component);
            }
            catch (NaruException failure) when (failure.Kind != ErrorKind.AlreadyExists)
            {
                events.Record(set, true, "FailedCreate", $"create Claim {name} for Pod {set.Name}-{ordinal.Text()} in StatefulSet {set.Name} failed error: {failure.Message}", Kind.Component);
                throw;
            }
            catch (NaruException)
            {
                // Made meanwhile.
            }
        }
    }

    /// <summary>Brings the claims' owners up to date; <paramref name="condemned"/> is the pod if it was scaled away.</summary>
    internal async Task RetainAsync(StoredObject set, StatefulSetSpec spec, int ordinal, StoredObject? condemned, CancellationToken cancellationToken)
    {
        foreach (var template in spec.Claims)
        {
            var name = SetPods.ClaimName(template, set.Name, ordinal);
            if (objects.Get(WorkloadKind.Claims, set.Namespace, name) is { } claim && SetPods.SetClaimOwners(claim.Tree.CloneMap(), set, spec, condemned))
            {
                await objects.ChangeAsync(WorkloadKind.Claims, set.Namespace, name, tree => SetPods.SetClaimOwners(tree, set, spec, condemned), Kind.Write, cancellationToken);
            }
        }
    }
}
