using System.Collections.Immutable;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;

namespace Naru.Agent.Pods;

/// <summary>The containers on this host that belong to pods: found by their labels, so that what another run of naru made is known too.</summary>
internal sealed class PodTable(IContainers containers, PodFiles files)
{
    /// <summary>Those of one pod, with what the dead ones said last.</summary>
    public ImmutableArray<PodContainer> Of(string uid) => [.. containers.List()
        .Where(one => one.Spec.Labels.TryGetValue(PodNames.PodUid, out var owner) && owner == uid)
        .Select(PodNames.Read)
        .OfType<PodContainer>()
        .Select(one => one is { IsSandbox: false, HasEnded: true } ? one with { Message = files.ReadMessage(uid, one.Name, one.Attempt) } : one)];

    /// <summary>Pods that have containers here, by identity, each with one of its containers.</summary>
    public IReadOnlyDictionary<string, Container> Pods()
    {
        var pods = new Dictionary<string, Container>(StringComparer.Ordinal);
        foreach (var container in containers.List())
        {
            if (PodNames.Read(container) is { } read)
            {
                pods[read.PodUid] = container;
            }
        }

        return pods;
    }
}
