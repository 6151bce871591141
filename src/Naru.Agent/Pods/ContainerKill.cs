using Naru.Agent.Hooks;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>The end of one container: its hook, the wait for its turn, its signal, and SIGKILL when the time is over. The time can be made shorter while it runs out.</summary>
internal sealed class ContainerKill : IDisposable
{
    // A hook that took all the time leaves so much for the signal.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private CancellationTokenSource _deadline = new();
    private DateTimeOffset _end;
    private ITimer? _timer;
    private bool _isAtOnce;
    private bool _isOver;

    public ContainerKill(TimeSpan grace, TimeProvider time)
    {
        _time = time;
        _end = time.GetUtcNow() + grace;
        _isAtOnce = grace <= TimeSpan.Zero;
        Arm();
    }

    /// <summary>Those that end before it have ended.</summary>
    public void Go() => _turn.TrySetResult();

    /// <summary>Cuts the time that is left, if it is longer.</summary>
    public void Shorten(TimeSpan grace)
    {
        lock (_lock)
        {
            var end = _time.GetUtcNow() + grace;
            _isAtOnce |= grace <= TimeSpan.Zero;
            if (end < _end && !_isOver)
            {
                _end = end;
                Arm();
            }
        }
    }

    /// <summary>Ends it. Returns when it does not run any more.</summary>
    public async Task RunAsync(IContainers containers, HookRunner hooks, PodView pod, PodMember? member, PodContainer container, CancellationToken cancellationToken)
    {
        if (!_isAtOnce && member?.Spec.Map("lifecycle", "preStop") is { } hook)
        {
            await RunHookAsync(hooks, pod, member, container, hook, cancellationToken);
        }

        await TakeTurnAsync(cancellationToken);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        try
        {
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
        lock (_lock)
        {
            _isOver = true;
            _timer?.Dispose();
            _deadline.Dispose();
        }
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

    private async Task RunHookAsync(HookRunner hooks, PodView pod, PodMember member, PodContainer container, MapValue hook, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        try
        {
            await hooks.BeforeStopAsync(pod, member, container, hook, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It hung until the time was over.
            hooks.Hung(pod, member);
        }

        GiveLeast();
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (_isAtOnce || _turn.Task.IsCompleted)
        {
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        await _turn.Task.WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        GiveLeast();
    }

    private void GiveLeast()
    {
        lock (_lock)
        {
            if (!_isAtOnce && _end - _time.GetUtcNow() < Least)
            {
                _end = _time.GetUtcNow() + Least;
                if (_deadline.IsCancellationRequested)
                {
                    _deadline.Dispose();
                    _deadline = new CancellationTokenSource();
                }

                Arm();
            }
        }
    }

    private void Arm()
    {
        var left = _end - _time.GetUtcNow();
        _timer?.Dispose();
        var deadline = _deadline;
        if (left <= TimeSpan.Zero)
        {
            deadline.Cancel();
        }
        else
        {
            _timer = _time.CreateTimer(_ => Pass(deadline), null, left, Timeout.InfiniteTimeSpan);
        }
    }

    private void Pass(CancellationTokenSource deadline)
    {
        lock (_lock)
        {
            if (ReferenceEquals(deadline, _deadline) && !_isOver)
            {
                deadline.Cancel();
            }
        }
    }
}
