using Naru.Agent.Events;
using Naru.Agent.Hooks;
using Naru.Core.Containers;

namespace Naru.Agent.Pods;

/// <summary>The containers of one pod that are being ended, each on its own.</summary>
internal sealed class PodKills(IContainers containers, HookRunner hooks, PodEvents events, TimeProvider time, Action changed)
{
    private readonly Dictionary<ContainerId, (ContainerKill Kill, Task Run)> _running = [];

    /// <summary>Ends a container, or cuts the time of one that is being ended.</summary>
    public void Begin(PodView pod, PodContainer container, TimeSpan grace, string message, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(container.Id, out var there) && !there.Run.IsCompleted)
        {
            there.Kill.Shorten(grace);
            return;
        }

        var member = pod.Member(container.Name);
        if (member is not null)
        {
            events.Container(pod, member, false, "Killing", message);
        }

        var kill = new ContainerKill(grace, time);
        _running[container.Id] = (kill, RunAsync(kill, pod, member, container, cancellationToken));
    }

    /// <summary>Waits for all of them.</summary>
    public Task WaitAsync() => Task.WhenAll(_running.Values.Select(static one => one.Run));

    private async Task RunAsync(ContainerKill kill, PodView pod, PodMember? member, PodContainer container, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            await kill.RunAsync(containers, hooks, pod, member, container, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Naru stops; the next run ends what is to be ended.
        }
        finally
        {
            kill.Dispose();
            changed();
        }
    }
}
