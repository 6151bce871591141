using Naru.Objects.Resources;

namespace Naru.Kinds.Rules;

/// <summary>Which laws a kind has.</summary>
internal static class RulesTable
{
    /// <summary>The laws of a resource's kind.</summary>
    public static KindRules For(ResourceInfo resource)
    {
        var hasStatus = resource.Subresources.Any(static one => one.Name == "status");
        return (resource.Resource.Group, resource.Kind) switch
        {
            _ => new KindRules { Namespaced = resource.Namespaced, HasStatus = hasStatus },
        };
    }
}
