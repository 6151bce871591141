using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>Nobody gives away what they do not have: writing a role needs its rules, binding a role needs the role's rules, unless a role allows
/// <c>escalate</c> or <c>bind</c>.</summary>
internal sealed class EscalationGuard(IAuthorizer authorizer, RoleAuthorizer roles, RoleSource source) : IAdmission
{
    public int Order => 650;

    public bool Handles(AdmissionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Resource.Resource.Group == RbacNames.Group && request.Subresource.Length == 0
            && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update;
    }

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Object is not { } body || request.User.Groups.Contains(RbacNames.Masters))
        {
            return ValueTask.CompletedTask;
        }

        var wanted = request.Resource.Resource.Resource is "roles" or "clusterroles" ? OfRole(request, body) : OfBinding(request, body);
        if (wanted.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        var errors = new List<string>();
        var missing = RuleCover.Missing(roles.RulesFor(request.User, request.Namespace, errors), wanted);
        if (missing.Count > 0)
        {
            throw Refusal(request, missing, errors);
        }

        return ValueTask.CompletedTask;
    }

    public void Undo(AdmissionRequest request)
    {
    }

    private static NaruException Refusal(AdmissionRequest request, IReadOnlyList<string> missing, List<string> errors)
    {
        var groups = string.Join(" ", request.User.Groups.Select(static group => $"\"{group}\""));
        var text = $"user \"{request.User.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{string.Join("\n", missing)}";
        if (errors.Count > 0)
        {
            text += $"; resolution errors: [{string.Join(", ", errors.Select(static one => $"\"{one}\""))}]";
        }

        return new NaruException(ErrorKind.PermissionDenied, $"{request.Resource.Resource.GroupResource} \"{request.Name}\" is forbidden: {text}")
        {
            Details = new FailureDetails { Group = RbacNames.Group, Kind = request.Resource.Resource.Resource, Name = request.Name },
        };
    }

    private ImmutableArray<PolicyRule> OfRole(AdmissionRequest request, MapValue body)
    {
        var same = request.Old is { } old && Same(old["rules"], body["rules"]) && Same(old["aggregationRule"], body["aggregationRule"]);
        if (same || MaySpecially(request, "escalate", request.Resource.Resource.Resource, request.Name))
        {
            return [];
        }

        // Whoever lets a role collect rules must have all that could ever be collected.
        return body.Has("aggregationRule") && !Same(request.Old?["aggregationRule"], body["aggregationRule"])
            ? [.. PolicyRule.ReadAll(body), new PolicyRule { Verbs = ["*"], Groups = ["*"], Resources = ["*"] }, new PolicyRule { Verbs = ["*"], Paths = ["*"] }]
            : PolicyRule.ReadAll(body);
    }

    private ImmutableArray<PolicyRule> OfBinding(AdmissionRequest request, MapValue body)
    {
        if (request.Old is { } old && Same(old["subjects"], body["subjects"]) && Same(old["roleRef"], body["roleRef"]))
        {
            return [];
        }

        var binding = new Binding("", request.Namespace, body.Text("roleRef", "kind") == "ClusterRole", body.Text("roleRef", "name") ?? "", []);
        var resource = binding.ToClusterRole ? "clusterroles" : "roles";
        if (MaySpecially(request, "bind", resource, binding.Role))
        {
            return [];
        }

        return source.RulesOf(binding)
            ?? throw new NaruException(ErrorKind.NotFound, $"{resource}.{RbacNames.Group} \"{binding.Role}\" not found")
            {
                Details = new FailureDetails { Group = RbacNames.Group, Kind = resource, Name = binding.Role },
            };
    }

    private bool MaySpecially(AdmissionRequest request, string verb, string resource, string name) => authorizer.Authorize(new AccessAttempt
    {
        User = request.User,
        Verb = verb,
        Group = RbacNames.Group,
        Version = "*",
        Resource = resource,
        Namespace = request.Namespace,
        Name = name,
    }).Allowed;

    private static bool Same(Value? left, Value? right) => left is null ? right is null : left.DeepEquals(right);
}
