using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>A FlowSchema: which requests belong together and which priority level they go to. Immutable.</summary>
internal sealed class FlowSchemaRule
{
    private readonly FlowRule[] _rules;
    private readonly string _distinguisher;

    private FlowSchemaRule(MapValue body)
    {
        Name = body.Text("metadata", "name") ?? "";
        Uid = body.Text("metadata", "uid") ?? "";
        Precedence = body.Integer("spec", "matchingPrecedence") ?? 1000;
        Level = body.Text("spec", "priorityLevelConfiguration", "name") ?? "";
        _distinguisher = body.Text("spec", "distinguisherMethod", "type") ?? "";
        _rules = [.. body.Maps("spec", "rules").Select(static one => new FlowRule(one))];
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
        var resource = target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}";
        foreach (var rule in _rules)
        {
            if (rule.Matches(target, resource, user))
            {
                return true;
            }
        }

        return false;
    }
}
