using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Gives running containers of one pod the limits that their pod asks for by now, without a restart.</summary>
internal sealed class PodResizes(IContainers containers, PodActions actions)
{
    private readonly Dictionary<ContainerId, Value> _given = [];

    /// <summary>Applies what changed since a container was first seen.</summary>
    public async Task FollowAsync(PodSight sight, CancellationToken cancellationToken)
    {
        var live = sight.Containers.Where(static one => one is { IsLive: true, IsSandbox: false }).ToList();
        foreach (var container in live)
        {
            var wanted = sight.Pod.Member(container.Name)?.Spec["resources"] ?? new MapValue();
            if (!_given.TryAdd(container.Id, wanted) && !_given[container.Id].DeepEquals(wanted))
            {
                await ApplyAsync(sight.Pod, container, cancellationToken);
                _given[container.Id] = wanted;
            }
        }

        foreach (var gone in _given.Keys.Except(live.Select(static one => one.Id)).ToList())
        {
            _given.Remove(gone);
        }
    }

    private async Task ApplyAsync(PodView pod, PodContainer container, CancellationToken cancellationToken)
    {
        var limits = actions.LimitsOf(pod, pod.Member(container.Name)!);
        try
        {
            var update = new ContainerUpdate
            {
                Resources = now => now with { Memory = limits.Memory, MemorySwap = limits.MemorySwap, NanoCpus = limits.NanoCpus, CpuShares = limits.CpuShares },
            };
            await containers.UpdateAsync(container.Id.Value, update, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // It ended meanwhile: the next one starts with the new limits.
        }
    }
}
