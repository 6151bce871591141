using System.Collections.Immutable;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>A FlowSchema: which requests belong together and which priority level they go to. Immutable.</summary>
internal sealed class FlowSchemaRule
{
    private readonly ImmutableArray<MapValue> _rules;
    private readonly string _distinguisher;

    private FlowSchemaRule(MapValue body)
    {
        Name = body.Text("metadata", "name") ?? "";
        Uid = body.Text("metadata", "uid") ?? "";
        Precedence = body.Integer("spec", "matchingPrecedence") ?? 1000;
        Level = body.Text("spec", "priorityLevelConfiguration", "name") ?? "";
        _distinguisher = body.Text("spec", "distinguisherMethod", "type") ?? "";
        _rules = [.. body.Maps("spec", "rules")];
    }

    public string Name { get; }

    public string Uid { get; }

    /// <summary>Smaller ones are asked first.</summary>
    public long Precedence { get; }

    /// <summary>Name of the priority level.</summary>
    public string Level { get; }

    public static FlowSchemaRule Read(MapValue body) => new(body);

    /// <summary>Tells the flows of one schema apart: by user, by namespace, or not at all.</summary>
    public string FlowOf(RequestTarget target, UserInfo user) => _distinguisher switch
    {
        "ByUser" => user.Name,
        "ByNamespace" => target.Namespace,
        _ => "",
    };

    /// <summary>The request belongs to this schema.</summary>
    public bool Matches(RequestTarget target, UserInfo user)
    {
        foreach (var rule in _rules)
        {
            if (rule.Maps("subjects").Any(subject => IsSubject(subject, user))
                && (target.IsResource
                    ? rule.Maps("resourceRules").Any(one => IsResource(one, target))
                    : rule.Maps("nonResourceRules").Any(one => IsPath(one, target))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSubject(MapValue subject, UserInfo user)
    {
        switch (subject.Text("kind"))
        {
            case "User":
                return subject.Text("user", "name") is { } name && (name == "*" || name == user.Name);
            case "Group":
                return subject.Text("group", "name") is { } group && (group == "*" || user.Groups.Contains(group));
            case "ServiceAccount":
                var prefix = $"system:serviceaccount:{subject.Text("serviceAccount", "namespace")}:";
                return user.Name.StartsWith(prefix, StringComparison.Ordinal)
                    && subject.Text("serviceAccount", "name") is { } account && (account == "*" || user.Name[prefix.Length..] == account);
            default:
                return false;
        }
    }

    private static bool IsResource(MapValue rule, RequestTarget target)
    {
        var resource = target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}";
        return Has(rule, "verbs", target.Verb) && Has(rule, "apiGroups", target.Group) && Has(rule, "resources", resource)
            && (target.Namespace.Length == 0 ? rule.Boolean("clusterScope") == true : Has(rule, "namespaces", target.Namespace));
    }

    private static bool IsPath(MapValue rule, RequestTarget target) =>
        Has(rule, "verbs", target.Verb) && (rule.List("nonResourceURLs")?.Texts() ?? []).Any(path =>
            path == "*" || path == target.Path || (path.EndsWith('*') && target.Path.StartsWith(path[..^1], StringComparison.Ordinal)));

    private static bool Has(MapValue rule, string field, string value) =>
        (rule.List(field)?.Texts() ?? []).Any(one => one == "*" || one == value);
}
