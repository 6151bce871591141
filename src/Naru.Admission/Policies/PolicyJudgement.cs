using Naru.Cel.Runtime;

namespace Naru.Admission.Policies;

/// <summary>One policy judges one request with one set of parameters.</summary>
internal sealed class PolicyJudgement(AdmissionPolicy policy, Dictionary<string, object> values, PolicyBudget budget)
{
    private const int MaxMessage = 5 * 1024;
    private const int MaxAnnotation = 10 * 1024;

    /// <summary>What it says no to.</summary>
    public IEnumerable<PolicyDecision> Judge()
    {
        for (var index = 0; index < policy.Validations.Length; index++)
        {
            var rule = policy.Validations[index];
            switch (rule.Expression.Evaluate(values, budget))
            {
                case true:
                    continue;
                case CelError error:
                    if (!policy.IgnoresFailure)
                    {
                        yield return new PolicyDecision($"expression '{rule.Expression.Source}' resulted in error: {error.Message}", "Invalid", index);
                    }

                    continue;
                default:
                    yield return new PolicyDecision(MessageOf(rule), rule.Reason, index);
                    continue;
            }
        }
    }

    /// <summary>What it writes into the audit log; failures that count are added to <paramref name="failures"/>.</summary>
    public IEnumerable<(string Key, string Value)> Annotate(List<PolicyDecision> failures)
    {
        foreach (var annotation in policy.Annotations)
        {
            switch (annotation.Value.Evaluate(values, budget))
            {
                case string text when text.Trim() is { Length: > 0 } trimmed:
                    yield return (annotation.Key, trimmed.Length > MaxAnnotation ? trimmed[..MaxAnnotation] : trimmed);
                    break;
                case CelError error when !policy.IgnoresFailure:
                    failures.Add(new PolicyDecision($"expression '{annotation.Value.Source}' resulted in error: {error.Message}", "Invalid", -1));
                    break;
            }
        }
    }

    private string MessageOf(PolicyValidation rule)
    {
        if (rule.MessageExpression?.Evaluate(values, budget) is string text && text.Trim() is { Length: > 0 and <= MaxMessage } trimmed && !trimmed.Contains('\n', StringComparison.Ordinal))
        {
            return trimmed;
        }

        return rule.Message.Trim() is { Length: > 0 } message ? message : $"failed expression: {rule.Expression.Source.Trim()}";
    }
}
