using Naru.Objects.Access;

namespace Naru.Access.Roles;

/// <summary>All who have a say, in order: the masters may everything, nodes what their pods need, everybody what roles give.</summary>
internal sealed class Authorizer(NodeAuthorizer nodes, RoleAuthorizer roles) : IAuthorizer
{
    public AccessDecision Authorize(AccessAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.User.Groups.Contains(RbacNames.Masters))
        {
            return new AccessDecision(true, false, "");
        }

        if (NodeAuthorizer.NodeOf(attempt.User) is not { } node)
        {
            return roles.Authorize(attempt);
        }

        var own = nodes.Authorize(node, attempt);
        return own.Allowed ? own : roles.Authorize(attempt) is { Allowed: true } granted ? granted : own;
    }

    public AccessRules RulesFor(UserInfo user, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(user);
        var errors = new List<string>();
        var rules = roles.RulesFor(user, @namespace, errors);
        if (user.Groups.Contains(RbacNames.Masters))
        {
            rules = [new PolicyRule { Verbs = ["*"], Groups = ["*"], Resources = ["*"] }, new PolicyRule { Verbs = ["*"], Paths = ["*"] }, .. rules];
        }

        if (NodeAuthorizer.NodeOf(user) is not null)
        {
            errors.Add("node authorizer does not support user rule resolution");
        }

        return new AccessRules(
            [.. rules.Where(static rule => !rule.Resources.IsEmpty).Select(static rule => new ResourceRule(rule.Verbs, rule.Groups, rule.Resources, rule.Names))],
            [.. rules.Where(static rule => !rule.Paths.IsEmpty).Select(static rule => new PathRule(rule.Verbs, rule.Paths))],
            errors.Count > 0,
            string.Join(", ", errors));
    }
}
