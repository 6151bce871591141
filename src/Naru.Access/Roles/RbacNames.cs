using Naru.Objects.Resources;

namespace Naru.Access.Roles;

/// <summary>Where roles and bindings lie, and the names that have a meaning of their own.</summary>
internal static class RbacNames
{
    public const string Group = "rbac.authorization.k8s.io";
    public const string ApiVersion = Group + "/v1";
    public const string Masters = "system:masters";
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    public static readonly GroupResource ClusterRoles = new(Group, "clusterroles");
    public static readonly GroupResource Roles = new(Group, "roles");
    public static readonly GroupResource ClusterRoleBindings = new(Group, "clusterrolebindings");
    public static readonly GroupResource RoleBindings = new(Group, "rolebindings");
    public static readonly GroupResource Namespaces = new("", "namespaces");
}
