using Naru.Admission.Matching;
using Naru.Admission.Webhooks;
using Naru.Cel.Runtime;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Finds the policies that are about a request, and gives their expressions what they speak of.</summary>
internal sealed class PolicyMatcher(Lazy<IObjects> objects, Lazy<IResourceCatalogue> catalogue, IAuthorizer authorizer, ObjectVersions versions)
{
    /// <summary>Whether any policy may be about the request.</summary>
    public bool MayMatch(GroupResource policies, AdmissionRequest request) => !RequestRules.AreExempt(request.Resource.Resource.GroupResource) && objects.Value.List(policies).Count > 0;

    /// <summary>Policies and bindings that are about the request, in order of their names, with the version of the resource that they name.</summary>
    public IEnumerable<(AdmissionPolicy Policy, PolicyBinding Binding, ResourceInfo Resource)> Find(GroupResource policies, GroupResource bindings, AdmissionRequest request)
    {
        var bound = objects.Value.List(bindings).Select(static one => one.As(PolicyBinding.Read)).ToLookup(static one => one.Policy);
        foreach (var stored in objects.Value.List(policies))
        {
            if (!bound.Contains(stored.Name))
            {
                continue;
            }

            var policy = stored.As(AdmissionPolicy.Read);
            if (Match(policy.Match, request, needsRules: true) is not { } resource)
            {
                continue;
            }

            foreach (var binding in bound[stored.Name])
            {
                if (binding.Match is null || Match(binding.Match, request, needsRules: false) is not null)
                {
                    yield return (policy, binding, resource);
                }
            }
        }
    }

    /// <summary>The variables of a policy's expressions.</summary>
    public async ValueTask<Dictionary<string, object>> VariablesAsync(AdmissionPolicy policy, MapValue? parameters, AdmissionRequest request, ResourceInfo resource, PolicyBudget budget, CancellationToken cancellationToken)
    {
        var values = RequestVariables.Of(request, resource, await versions.AtAsync(request.Object, resource, cancellationToken), await versions.AtAsync(request.Old, resource, cancellationToken), authorizer);
        values["namespaceObject"] = RequestVariables.Read(RequestSelectors.NamespaceOf(request, objects.Value), RequestFields.Namespace);
        if (policy.ParameterKind is not null)
        {
            values["params"] = RequestVariables.Read(parameters, Cel.Types.CelType.Dyn);
        }

        values["variables"] = new PolicyVariables(policy.Variables, values, budget);
        return values;
    }

    /// <summary>Whether the policy's conditions hold.</summary>
    public static bool ConditionsHold(AdmissionPolicy policy, Dictionary<string, object> values, out string? failure) =>
        policy.Conditions.Hold(() => values, new CostMeter(CostMeter.PerObject / 4), out failure);

    private ResourceInfo? Match(MapValue match, AdmissionRequest request, bool needsRules)
    {
        var equivalent = match.Text("matchPolicy") != "Exact";
        if (RequestRules.Match(match.Maps("excludeResourceRules"), equivalent, request, catalogue.Value) is not null || !RequestSelectors.Match(match, request, objects.Value))
        {
            return null;
        }

        var rules = match.Maps("resourceRules").ToList();
        return rules.Count == 0 && !needsRules ? request.Resource : RequestRules.Match(rules, equivalent, request, catalogue.Value);
    }
}
