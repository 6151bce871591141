using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Requests about paths (<c>/healthz</c>, <c>/apis/*</c>) that a rule of a FlowSchema is about.</summary>
internal sealed class FlowPaths(MapValue body)
{
    private readonly FlowWords _verbs = new(body, "verbs");
    private readonly string[] _paths = [.. body.List("nonResourceURLs")?.Texts() ?? []];

    /// <summary>The request is meant.</summary>
    public bool Matches(RequestTarget target)
    {
        if (!_verbs.Has(target.Verb))
        {
            return false;
        }

        foreach (var path in _paths)
        {
            if (path == "*" || path == target.Path || (path.EndsWith('*') && target.Path.AsSpan().StartsWith(path.AsSpan(..^1))))
            {
                return true;
            }
        }

        return false;
    }
}
