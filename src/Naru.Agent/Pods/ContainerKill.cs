using Naru.Agent.Hooks;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>The end of one container: its hook, its signal, and SIGKILL when the time is over. The time can be made shorter while it runs out.</summary>
internal sealed class ContainerKill : IDisposable
{
    private readonly CancellationTokenSource _deadline;
    private readonly TimeProvider _time;
    private DateTimeOffset _end;
    private ITimer? _timer;

    public ContainerKill(TimeSpan grace, TimeProvider time)
    {
        _time = time;
        _end = time.GetUtcNow() + grace;
        _deadline = new CancellationTokenSource();
        Arm();
    }

    /// <summary>Cuts the time that is left, if it is longer.</summary>
    public void Shorten(TimeSpan grace)
    {
        var end = _time.GetUtcNow() + grace;
        if (end < _end)
        {
            _end = end;
            Arm();
        }
    }

    /// <summary>Ends it. Returns when it does not run any more.</summary>
    public async Task RunAsync(IContainers containers, HookRunner hooks, PodView pod, PodMember? member, PodContainer container, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        try
        {
            if (member?.Spec.Map("lifecycle", "preStop") is { } hook)
            {
                await hooks.BeforeStopAsync(pod, member, container, hook, both.Token);
            }

            await containers.KillAsync(container.Id.Value, container.Engine.Spec.Process.StopSignal is { Length: > 0 } signal ? signal : "TERM", both.Token);
            await (await containers.WaitAsync(container.Id.Value, WaitCondition.NotRunning, both.Token)).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await ForceAsync(containers, container, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            // It ended by itself.
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _deadline.Dispose();
    }

    /// <summary>Kills it at once.</summary>
    public static async Task ForceAsync(IContainers containers, PodContainer container, CancellationToken cancellationToken)
    {
        try
        {
            await containers.KillAsync(container.Id.Value, "KILL", cancellationToken);
            await (await containers.WaitAsync(container.Id.Value, WaitCondition.NotRunning, cancellationToken)).WaitAsync(cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            // It ended by itself.
        }
    }

    private void Arm()
    {
        var left = _end - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            _deadline.Cancel();
        }
        else
        {
            _timer?.Dispose();
            _timer = _time.CreateTimer(_ => _deadline.Cancel(), null, left, Timeout.InfiniteTimeSpan);
        }
    }
}
