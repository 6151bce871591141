namespace Naru.Admission.Policies;

/// <summary>A policy's expressions with the paths of their fields.</summary>
internal static class PolicyPlaces
{
    public static IEnumerable<(string Path, PolicyExpression Expression)> Of(AdmissionPolicy policy)
    {
        for (var index = 0; index < policy.Variables.Length; index++)
        {
            yield return ($"spec.variables[{index}].expression", policy.Variables[index].Expression);
        }

        for (var index = 0; index < policy.Validations.Length; index++)
        {
            yield return ($"spec.validations[{index}].expression", policy.Validations[index].Expression);
            if (policy.Validations[index].MessageExpression is { } message)
            {
                yield return ($"spec.validations[{index}].messageExpression", message);
            }
        }

        for (var index = 0; index < policy.Annotations.Length; index++)
        {
            yield return ($"spec.auditAnnotations[{index}].valueExpression", policy.Annotations[index].Value);
        }

        for (var index = 0; index < policy.Mutations.Length; index++)
        {
            yield return ($"spec.mutations[{index}].{(policy.Mutations[index].IsPatch ? "jsonPatch" : "applyConfiguration")}.expression", policy.Mutations[index].Expression);
        }
    }
}
