using Naru.Agent.Events;
using Naru.Agent.Hooks;
using Naru.Core.Containers;

namespace Naru.Agent.Pods;

/// <summary>The containers of one pod that are being ended, each on its own.</summary>
internal sealed class PodKills(IContainers containers, HookRunner hooks, PodEvents events, TimeProvider time, Action changed)
{
    private readonly Dictionary<ContainerId, (ContainerKill Kill, Task Run)> _running = [];

    /// <summary>Ends a container, or cuts the time of one that is being ended. Its hook runs at once; where it is not its turn yet, its signal waits for a later call, or until the time is over.</summary>
    public void Begin(PodView pod, PodContainer container, TimeSpan grace, string message, CancellationToken cancellationToken, bool isItsTurn = true)
    {
        if (_running.TryGetValue(container.Id, out var there) && !there.Run.IsCompleted)
        {
            there.Kill.Shorten(grace);
            GoIf(there.Kill, isItsTurn);
            return;
        }

        var member = pod.Member(container.Name);
        if (member is not null)
        {
            events.Container(pod, member, false, "Killing", message);
        }

        var kill = new ContainerKill(grace, time);
        GoIf(kill, isItsTurn);
        _running[container.Id] = (kill, RunAsync(kill, pod, member, container, cancellationToken));
    }

    private static void GoIf(ContainerKill kill, bool isItsTurn)
    {
        if (isItsTurn)
        {
            kill.Go();
        }
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
