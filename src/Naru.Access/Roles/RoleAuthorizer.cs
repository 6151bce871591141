using System.Collections.Immutable;
using Naru.Objects.Access;

namespace Naru.Access.Roles;

/// <summary>Role-based access: an attempt is allowed when a rule of a role that is bound to the user, or to a group of theirs, allows it.</summary>
internal sealed class RoleAuthorizer(RoleSource source)
{
    public AccessDecision Authorize(AccessAttempt attempt)
    {
        List<string>? missing = null;
        foreach (var bound in Bindings(attempt.User, attempt.Path is null ? attempt.Namespace : ""))
        {
            if (source.RulesOf(bound.Binding) is not { } rules)
            {
                (missing ??= []).Add(NotFound(bound.Binding));
                continue;
            }

            foreach (var rule in rules)
            {
                if (rule.Allows(attempt))
                {
                    return new AccessDecision(true, false, Reason(bound));
                }
            }
        }

        return new AccessDecision(false, false, missing is null ? "" : missing.Count == 1 ? $"RBAC: {missing[0]}" : $"RBAC: [{string.Join(", ", missing)}]");
    }

    /// <summary>All rules that hold for a user in a namespace (empty: everywhere), and what could not be found.</summary>
    public ImmutableArray<PolicyRule> RulesFor(UserInfo user, string @namespace, List<string> errors)
    {
        var all = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var bound in Bindings(user, @namespace))
        {
            if (source.RulesOf(bound.Binding) is { } rules)
            {
                all.AddRange(rules);
            }
            else
            {
                errors.Add(NotFound(bound.Binding));
            }
        }

        return all.ToImmutable();
    }

    private static string NotFound(Binding binding) => $"{(binding.ToClusterRole ? "clusterrole" : "role")}.{RbacNames.Group} \"{binding.Role}\" not found";

    private static string Reason(Bound bound)
    {
        var (binding, subject) = bound;
        var role = $"{(binding.ToClusterRole ? "ClusterRole" : "Role")} \"{binding.Role}\"";
        return binding.Namespace.Length == 0
            ? $"RBAC: allowed by ClusterRoleBinding \"{binding.Name}\" of {role} to {subject.Words}"
            : $"RBAC: allowed by RoleBinding \"{binding.Name}/{binding.Namespace}\" of {role} to {subject.Words}";
    }

    private IEnumerable<Bound> Bindings(UserInfo user, string @namespace)
    {
        foreach (var bound in source.BindingsOf(user, ""))
        {
            yield return bound;
        }

        if (@namespace.Length > 0)
        {
            foreach (var bound in source.BindingsOf(user, @namespace))
            {
                yield return bound;
            }
        }
    }
}
