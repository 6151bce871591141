using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Pods;

/// <summary>Turns the name of a priority class into the numbers that the scheduler looks at.</summary>
internal sealed class PriorityRule(Lazy<IObjects> objects) : AdmissionRule
{
    private const string Preempts = "PreemptLowerPriority";

    public override int Order => 400;

    public override bool Handles(AdmissionRequest request) =>
        Creates(request, Known.Pods) || Updates(request, Known.Pods) || Creates(request, Known.PriorityClasses) || Updates(request, Known.PriorityClasses);

    public override ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource.Resource.GroupResource != Known.Pods)
        {
            return ValueTask.CompletedTask;
        }

        var spec = request.Object!.MakeMap("spec");
        if (request.Operation == AdmissionOperation.Update)
        {
            // Clients that do not know the fields leave them out.
            foreach (var field in (ReadOnlySpan<string>)["priority", "preemptionPolicy"])
            {
                if (request.Old?.At("spec", field) is { } old)
                {
                    spec.Default(field, old);
                }
            }

            return ValueTask.CompletedTask;
        }

        var (number, policy) = Resolve(request, spec);
        if (spec.Integer("priority") is { } given && given != number)
        {
            throw request.Forbidden($"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {number} from the given PriorityClass name");
        }

        if (spec.Text("preemptionPolicy") is { } wish && wish != policy)
        {
            throw request.Forbidden($"the string value of PreemptionPolicy ({wish}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        spec["priority"] = number;
        spec["preemptionPolicy"] = policy;
        return ValueTask.CompletedTask;
    }

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource.Resource.GroupResource == Known.PriorityClasses
            && request.Object?.Boolean("globalDefault") == true
            && Default() is { } standing && standing.Name != request.Object.Text("metadata", "name"))
        {
            throw request.Forbidden($"PriorityClass {standing.Name} is already marked as default. Only one default can exist");
        }

        return ValueTask.CompletedTask;
    }

    private static string Policy(StoredObject priority) => priority.Tree.Text("preemptionPolicy") ?? Preempts;

    private (long Number, string Policy) Resolve(AdmissionRequest request, MapValue spec)
    {
        var name = spec.Text("priorityClassName") ?? "";
        if (name.Length == 0)
        {
            if (Default() is not { } standing)
            {
                return (0, Preempts);
            }

            spec["priorityClassName"] = standing.Name;
            return (standing.Tree.Integer("value") ?? 0, Policy(standing));
        }

        return objects.Value.Get(Known.PriorityClasses, "", name) is { } priority
            ? (priority.Tree.Integer("value") ?? 0, Policy(priority))
            : throw request.Forbidden($"no PriorityClass with name {name} was found");
    }

    // Should there be several, the lowest does the least harm.
    private StoredObject? Default() =>
        objects.Value.List(Known.PriorityClasses).Where(static one => one.Tree.Boolean("globalDefault") == true).MinBy(static one => one.Tree.Integer("value") ?? 0);
}
