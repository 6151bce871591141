using System.Collections.Immutable;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Access;

/// <summary>Whether labelled things lie within an endpoint's policy.</summary>
internal static class LabelScope
{
    public static bool Contains(SocketAccessPolicy policy, IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var (name, value) in policy.Labels)
        {
            if (labels is null || !labels.TryGetValue(name, out var found) || found != value)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The labels of something that is made over the endpoint.</summary>
    public static ImmutableSortedDictionary<string, string> Add(SocketAccessPolicy policy, ImmutableSortedDictionary<string, string> labels) =>
        policy.Labels.IsEmpty ? labels : labels.SetItems(policy.Labels);
}
