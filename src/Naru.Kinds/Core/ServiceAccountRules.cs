using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Service accounts.</summary>
internal sealed class ServiceAccountRules : KindRules
{
    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.Map("metadata", "annotations")?.Has("kubernetes.io/enforce-mountable-secrets") == true && old?.Map("metadata", "annotations")?.Has("kubernetes.io/enforce-mountable-secrets") != true)
        {
            yield return "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets";
        }
    }
}
