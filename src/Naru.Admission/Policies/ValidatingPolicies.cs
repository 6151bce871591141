using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Policies in CEL that refuse, warn or note.</summary>
internal sealed class ValidatingPolicies(PolicyMatcher matcher, PolicyParameters parameters) : AdmissionRule
{
    public static readonly GroupResource Policies = new("admissionregistration.k8s.io", "validatingadmissionpolicies");
    public static readonly GroupResource Bindings = new("admissionregistration.k8s.io", "validatingadmissionpolicybindings");

    private const string FailureKey = "validation.policy.admission.k8s.io/validation_failure";

    public override int Order => 700;

    public override bool Handles(AdmissionRequest request) => matcher.MayMatch(Policies, request);

    public override async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        NaruException? refusal = null;
        var notes = new ListValue();
        var annotations = new Dictionary<string, List<string>>();
        foreach (var (policy, binding, resource) in matcher.Find(Policies, Bindings, request))
        {
            foreach (var decision in await DecideAsync(policy, binding, resource, request, annotations, cancellationToken))
            {
                if (binding.Actions.Contains("Warn"))
                {
                    request.Warnings.Add($"Validation failed for ValidatingAdmissionPolicy '{policy.Name}' with binding '{binding.Name}': {decision.Message}");
                }

                if (binding.Actions.Contains("Audit"))
                {
                    notes.Add(Note(decision, policy, binding));
                }

                refusal ??= binding.Actions.Contains("Deny") ? decision.Refuse(request, policy.Name, binding.Name) : null;
            }
        }

        foreach (var (key, values) in annotations)
        {
            request.AuditAnnotations[key] = string.Join(", ", values);
        }

        if (notes.Count > 0)
        {
            request.AuditAnnotations[FailureKey] = JsonText.ToText(notes);
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private async ValueTask<List<PolicyDecision>> DecideAsync(AdmissionPolicy policy, PolicyBinding binding, ResourceInfo resource, AdmissionRequest request, Dictionary<string, List<string>> annotations, CancellationToken cancellationToken)
    {
        var decisions = new List<PolicyDecision>();
        IReadOnlyList<MapValue?> found;
        try
        {
            found = parameters.Of(policy, binding, request);
        }
        catch (NaruException failure)
        {
            return policy.IgnoresFailure ? [] : [new PolicyDecision(failure.Message, "Invalid", -1)];
        }

        foreach (var one in found)
        {
            var budget = new PolicyBudget();
            var values = await matcher.VariablesAsync(policy, one, request, resource, budget, cancellationToken);
            var holds = PolicyMatcher.ConditionsHold(policy, values, out var failure);
            if (failure is not null && !policy.IgnoresFailure)
            {
                decisions.Add(new PolicyDecision(failure, "Invalid", -1));
            }

            if (!holds)
            {
                continue;
            }

            var judgement = new PolicyJudgement(policy, values, budget);
            decisions.AddRange(judgement.Judge());
            foreach (var (key, value) in judgement.Annotate(decisions))
            {
                Collect(annotations, $"{policy.Name}/{key}", value);
            }
        }

        return decisions;
    }

    private static void Collect(Dictionary<string, List<string>> annotations, string key, string value)
    {
        if (!annotations.TryGetValue(key, out var values))
        {
            annotations[key] = values = [];
        }

        if (!values.Contains(value))
        {
            values.Add(value);
        }
    }

    private static MapValue Note(PolicyDecision decision, AdmissionPolicy policy, PolicyBinding binding) => new()
    {
        ["message"] = decision.Message,
        ["policy"] = policy.Name,
        ["binding"] = binding.Name,
        ["expressionIndex"] = Math.Max(0, decision.Index),
        ["validationActions"] = new ListValue(binding.Actions.Select(static one => (Value)one)),
    };
}
