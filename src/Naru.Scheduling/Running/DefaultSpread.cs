using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Running;

/// <summary>Spread constraints for pods that have none: pods that services and owners select together lie better apart.</summary>
internal sealed class DefaultSpread(IObjects objects)
{
    public SpreadRule[] Of(PodClass pods)
    {
        if (pods.Shape.Spread.Length > 0)
        {
            return [];
        }

        var selector = LabelRules.Everything;
        foreach (var service in pods.Labels.Count == 0 ? [] : objects.List(Kinds.Services, pods.Namespace))
        {
            var labels = service.Tree.Map("spec", "selector");
            if (labels is { Count: > 0 } && LabelRules.ReadLabels(labels) is var rules && rules.Match(pods.Labels))
            {
                selector = selector.And(rules.Rules);
            }
        }

        if (OwnerRules(pods) is { } owner)
        {
            selector = selector.And(owner.Rules);
        }

        return selector.IsEverything ? [] : [Rule("topology.kubernetes.io/zone", 3, selector), Rule("kubernetes.io/hostname", 5, selector)];
    }

    private static SpreadRule Rule(string key, int skew, LabelRules selector) => new() { TopologyKey = key, MaxSkew = skew, Hard = false, Selector = selector };

    private LabelRules? OwnerRules(PodClass pods)
    {
        var slash = pods.Owner.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return null;
        }

        var (kind, name) = (pods.Owner[..slash], pods.Owner[(slash + 1)..]);
        var resource = kind switch
        {
            "ReplicaSet" => new GroupResource("apps", "replicasets"),
            "StatefulSet" => new GroupResource("apps", "statefulsets"),
            _ => new GroupResource("", "replicationcontrollers"),
        };
        var selector = objects.Get(resource, pods.Namespace, name)?.Tree.Map("spec", "selector");
        return kind == "ReplicationController" ? LabelRules.ReadLabels(selector) : LabelRules.Read(selector);
    }
}
