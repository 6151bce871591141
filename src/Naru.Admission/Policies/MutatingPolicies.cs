using Naru.Admission.Webhooks;
using Naru.Cel.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Policies in CEL that change objects, one after the other. Those that want to be are asked a second time when others changed the object after them.</summary>
internal sealed class MutatingPolicies(PolicyMatcher matcher, PolicyParameters parameters, ObjectSchemas schemas, ObjectVersions versions) : AdmissionRule
{
    public static readonly GroupResource Policies = new("admissionregistration.k8s.io", "mutatingadmissionpolicies");
    public static readonly GroupResource Bindings = new("admissionregistration.k8s.io", "mutatingadmissionpolicybindings");

    public override int Order => 700;

    public override bool Handles(AdmissionRequest request) => request.Object is not null && matcher.MayMatch(Policies, request);

    public override async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var waiting = new List<(AdmissionPolicy Policy, PolicyBinding Binding, ResourceInfo Resource)>();
        var again = new List<(AdmissionPolicy Policy, PolicyBinding Binding, ResourceInfo Resource)>();
        foreach (var one in matcher.Find(Policies, Bindings, request).ToList())
        {
            if (await ChangeAsync(one.Policy, one.Binding, one.Resource, request, cancellationToken))
            {
                again.AddRange(waiting);
                waiting.Clear();
            }

            if (one.Policy.Reinvokes)
            {
                waiting.Add(one);
            }
        }

        foreach (var (policy, binding, resource) in again)
        {
            await ChangeAsync(policy, binding, resource, request, cancellationToken);
        }
    }

    private async ValueTask<bool> ChangeAsync(AdmissionPolicy policy, PolicyBinding binding, ResourceInfo resource, AdmissionRequest request, CancellationToken cancellationToken)
    {
        var before = request.Object!;
        try
        {
            var changed = before;
            foreach (var one in parameters.Of(policy, binding, request))
            {
                changed = await ChangedAsync(policy, one, resource, request, changed, cancellationToken);
            }

            if (ReferenceEquals(changed, before) || changed.DeepEquals(before))
            {
                return false;
            }

            // The tree is that of the request: whoever holds it sees the change.
            before.Clear();
            foreach (var (name, value) in changed)
            {
                before[name] = value;
            }

            request.Unclean = true;
            return true;
        }
        catch (NaruException failure)
        {
            return policy.IgnoresFailure ? false : throw request.Forbidden($"policy '{policy.Name}' with binding '{binding.Name}' denied request: {failure.Message}");
        }
    }

    private async ValueTask<MapValue> ChangedAsync(AdmissionPolicy policy, MapValue? parameter, ResourceInfo resource, AdmissionRequest request, MapValue body, CancellationToken cancellationToken)
    {
        var budget = new PolicyBudget();
        var values = await matcher.VariablesAsync(policy, parameter, request, resource, budget, cancellationToken);
        if (!PolicyMatcher.ConditionsHold(policy, values, out var failure))
        {
            return failure is null ? body : throw NaruException.Invalid(failure);
        }

        var schema = request.Subresource.Length == 0 || request.Subresource == "status" ? schemas.Of(resource) : null;
        var current = (await versions.AtAsync(body, resource, cancellationToken))!;
        foreach (var mutation in policy.Mutations)
        {
            // Each change sees the one before it; so do the variables.
            values["object"] = RequestVariablesOf(current);
            values["variables"] = new PolicyVariables(policy.Variables, values, budget);
            var result = mutation.Expression.Evaluate(values, budget);
            current = result is CelError error
                ? throw NaruException.Invalid($"expression '{mutation.Expression.Source}' resulted in error: {error.Message}")
                : PolicyChanges.Apply(mutation, result, current, schema);
        }

        return (await versions.AtAsync(current, request.Resource, cancellationToken))!;
    }

    private static object RequestVariablesOf(MapValue body) => Matching.RequestVariables.Read(body, Cel.Types.CelType.Dyn);
}
