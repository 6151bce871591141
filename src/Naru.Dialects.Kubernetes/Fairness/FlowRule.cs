using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>One rule of a FlowSchema: some requests of some subjects.</summary>
internal sealed class FlowRule(MapValue body)
{
    private readonly FlowSubject[] _subjects = [.. body.Maps("subjects").Select(static one => new FlowSubject(one))];
    private readonly FlowResources[] _resources = [.. body.Maps("resourceRules").Select(static one => new FlowResources(one))];
    private readonly FlowPaths[] _paths = [.. body.Maps("nonResourceRules").Select(static one => new FlowPaths(one))];

    /// <summary>The request is meant.</summary>
    public bool Matches(RequestTarget target, string resource, UserInfo user)
    {
        if (!Array.Exists(_subjects, one => one.Matches(user)))
        {
            return false;
        }

        return target.IsResource ? Array.Exists(_resources, one => one.Matches(target, resource)) : Array.Exists(_paths, one => one.Matches(target));
    }
}
