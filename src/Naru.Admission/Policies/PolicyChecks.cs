using Naru.Cel.Types;
using Naru.Objects.Admission;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Expressions of policies, and conditions of webhooks, are compiled when they are written: what cannot be is refused.</summary>
internal sealed class PolicyChecks : AdmissionRule
{
    private const string Group = "admissionregistration.k8s.io";

    public override int Order => 700;

    public override bool Handles(AdmissionRequest request) =>
        request is { Subresource: "", Object: not null, Operation: AdmissionOperation.Create or AdmissionOperation.Update } && request.Resource.Resource is
        { Group: Group, Resource: "validatingadmissionpolicies" or "mutatingadmissionpolicies" or "validatingwebhookconfigurations" or "mutatingwebhookconfigurations" };

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var (body, old) = (request.Object!, request.Old);
        var errors = new FieldErrors();
        if (body["webhooks"] is ListValue webhooks)
        {
            CheckWebhooks(webhooks, old?.List("webhooks"), errors);
        }
        else if (body["spec"] is MapValue spec && !spec.DeepEquals(old?["spec"]))
        {
            CheckPolicy(body, errors);
        }

        return errors.IsEmpty ? ValueTask.CompletedTask : ValueTask.FromException(errors.ToFailure(Group, request.Resource.Kind, body.Text("metadata", "name") ?? ""));
    }

    private static void CheckWebhooks(ListValue webhooks, ListValue? old, FieldErrors errors)
    {
        for (var index = 0; index < webhooks.Count; index++)
        {
            if (webhooks[index] is MapValue webhook && old?.Any(webhook.DeepEquals) != true)
            {
                CheckConditions(webhook, $"webhooks[{index}]", Matching.RequestVariables.Plain, errors);
            }
        }
    }

    private static void CheckPolicy(MapValue body, FieldErrors errors)
    {
        var policy = new AdmissionPolicy(body, CelType.Dyn, CelType.Dyn);
        CheckConditions(body.Map("spec")!, "spec", PolicyTypes.Environment(CelType.Dyn, policy.ParameterKind is null ? null : CelType.Dyn), errors);
        foreach (var (path, expression) in PolicyPlaces.Of(policy))
        {
            Check(expression, path, errors);
        }
    }

    private static void CheckConditions(MapValue body, string path, Cel.CelEnvironment environment, FieldErrors errors)
    {
        var index = 0;
        foreach (var condition in body.Maps("matchConditions"))
        {
            Check(new PolicyExpression(condition.Text("expression") ?? "", environment, CelKind.Bool), $"{path}.matchConditions[{index++}].expression", errors);
        }
    }

    private static void Check(PolicyExpression expression, string path, FieldErrors errors)
    {
        // An empty one is told by the kind's own rules.
        if (expression.Failure is { } failure && expression.Source.Trim().Length > 0)
        {
            errors.Invalid(path, expression.Source, failure);
        }
    }
}
