using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>What a node may do: see its own node and pods, what those pods use, and report about them. What nodes may write is narrowed further by admission (NodeRestriction).</summary>
internal sealed class NodeAuthorizer(NodePods pods, Lazy<IObjects> objects)
{
    private const string Prefix = "system:node:";
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Volumes = new("", "persistentvolumes");
    private static readonly GroupResource Attachments = new("storage.k8s.io", "volumeattachments");

    private static readonly Lazy<PolicyRule[]> General = new(static () =>
        [.. DefaultRoles.All().Where(static one => one.Body.Text("metadata", "name") == "system:node" && one.Body.Has("rules")).SelectMany(static one => PolicyRule.ReadAll(one.Body))]);

    /// <summary>The node that a user is; null for others.</summary>
    public static string? NodeOf(UserInfo user) =>
        user.Name.StartsWith(Prefix, StringComparison.Ordinal) && user.Name.Length > Prefix.Length && user.Groups.Contains("system:nodes") ? user.Name[Prefix.Length..] : null;

    public AccessDecision Authorize(string node, AccessAttempt attempt)
    {
        if (attempt.Path is not null)
        {
            return default;
        }

        var (allowed, reason) = (attempt.Group, attempt.Resource) switch
        {
            ("", "secrets") => ReadsOwn(attempt, node, PodReferences.UsesSecret),
            ("", "configmaps") => ReadsOwn(attempt, node, PodReferences.UsesConfigMap),
            ("", "persistentvolumeclaims") => Claim(attempt, node),
            ("", "persistentvolumes") => Only(attempt, "get", "") && UsesVolume(node, attempt.Name) ? Yes : No(node, attempt),
            ("", "serviceaccounts") => Only(attempt, "create", "token") && pods.Any(node, attempt.Namespace, pod => PodReferences.Account(pod) == attempt.Name) ? Yes : No(node, attempt),
            ("", "nodes") => Node(attempt, node),
            ("", "pods") => Pod(attempt, node),
            ("storage.k8s.io", "volumeattachments") => Only(attempt, "get", "") && objects.Value.Get(Attachments, "", attempt.Name)?.Tree.Text("spec", "nodeName") == node ? Yes : No(node, attempt),
            ("storage.k8s.io", "csinodes") => attempt.Subresource.Length == 0 && (attempt.Verb == "create" || attempt.Name == node) ? GeneralRule(attempt) : No(node, attempt),
            ("coordination.k8s.io", "leases") => Lease(attempt, node),
            ("resource.k8s.io", "resourceclaims") => Only(attempt, "get", "") && pods.Any(node, attempt.Namespace, pod => PodReferences.UsesResourceClaim(pod, attempt.Name)) ? Yes : No(node, attempt),
            ("resource.k8s.io", "resourceslices") => (attempt.Subresource.Length == 0, ""),
            _ => GeneralRule(attempt),
        };
        return new AccessDecision(allowed, false, reason);
    }

    private static (bool, string) Yes => (true, "");

    private static (bool, string) No(string node, AccessAttempt attempt) => (false, $"no relationship found between node '{node}' and this object{(attempt.Name.Length == 0 ? "" : $" '{attempt.Name}'")}");

    private static bool Only(AccessAttempt attempt, string verb, string subresource) => attempt.Verb == verb && attempt.Subresource == subresource && attempt.Name.Length > 0;

    private static (bool, string) GeneralRule(AccessAttempt attempt) => (General.Value.Any(rule => rule.Allows(attempt)), "");

    private (bool, string) ReadsOwn(AccessAttempt attempt, string node, Func<MapValue, string, bool> uses)
    {
        if (attempt.Verb is not ("get" or "list" or "watch") || attempt.Subresource.Length > 0 || attempt.Name.Length == 0)
        {
            return (false, "can only read resources of this type by name");
        }

        return pods.Any(node, attempt.Namespace, pod => uses(pod, attempt.Name)) ? Yes : No(node, attempt);
    }

    private (bool, string) Claim(AccessAttempt attempt, string node)
    {
        var verbs = attempt.Subresource == "status" ? attempt.Verb is "get" or "update" or "patch" : attempt is { Subresource: "", Verb: "get" };
        return verbs && pods.Any(node, attempt.Namespace, pod => PodReferences.UsesClaim(pod, attempt.Name)) ? Yes : No(node, attempt);
    }

    private bool UsesVolume(string node, string volume) =>
        objects.Value.Get(Volumes, "", volume)?.Tree is { } tree
        && tree.Text("spec", "claimRef", "name") is { } claim
        && pods.Any(node, tree.Text("spec", "claimRef", "namespace") ?? "", pod => PodReferences.Claims(pod).Contains(claim));

    private static (bool, string) Node(AccessAttempt attempt, string node) => attempt.Verb switch
    {
        "get" => attempt.Subresource.Length == 0 && attempt.Name == node ? Yes : (false, "node '" + node + "' cannot read '" + attempt.Name + "', only its own Node object"),
        "list" or "watch" => attempt.Name == node || attempt.FieldSelector is null || attempt.FieldSelector == $"metadata.name={node}" ? Yes : (false, "node '" + node + "' cannot read all nodes, only its own Node object"),
        _ => GeneralRule(attempt),
    };

    private (bool, string) Pod(AccessAttempt attempt, string node) => attempt.Verb switch
    {
        "get" => (attempt.Subresource.Length == 0 || attempt.Subresource == "status") && objects.Value.Get(Pods, attempt.Namespace, attempt.Name)?.Tree.Text("spec", "nodeName") == node ? Yes : No(node, attempt),
        "list" or "watch" => attempt.FieldSelector is null || Selects(attempt.FieldSelector, $"spec.nodeName={node}") ? Yes : (false, "can only list/watch pods with spec.nodeName field selector"),
        _ => GeneralRule(attempt),
    };

    private static bool Selects(string selector, string wished) => selector.Split(',').Contains(wished);

    private static (bool, string) Lease(AccessAttempt attempt, string node)
    {
        if (attempt.Namespace != "kube-node-lease" || attempt.Subresource.Length > 0 || attempt.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return (false, "can only access leases in the \"kube-node-lease\" system namespace");
        }

        // The name of a new lease is checked by admission.
        return attempt.Verb == "create" || attempt.Name == node ? Yes : (false, "can only access node lease with the same name as the requesting node");
    }
}
