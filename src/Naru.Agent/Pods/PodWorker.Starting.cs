using Naru.Agent.Containers;

namespace Naru.Agent.Pods;

/// <summary>The start of a pod's sandbox and containers.</summary>
internal sealed partial class PodWorker
{
    private async Task MakeSandboxAsync(PodSight sight, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await _parts.Actions.MakeSandboxAsync(sight.Pod, attempt, sight.Containers, cancellationToken);
            _sandboxFailure = null;
        }
        catch (ConfigFailure failure)
        {
            _sandboxFailure = Count(_sandboxFailure, failure, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        }
    }

    private async Task StartAsync(PodSight sight, PodPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Starts.Any(start => _parts.NeedsPull(sight.Pod, start.Member)))
        {
            await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
        }

        if (_starting.IsCancellationRequested)
        {
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(_starting.Token, cancellationToken);
        foreach (var start in plan.Starts)
        {
            try
            {
                await _parts.Actions.StartAsync(sight.Pod, start, sight.Sandbox!, sight.Containers, both.Token);
                _failures.Remove(start.Member.Name);
            }
            catch (ConfigFailure failure)
            {
                Note(sight.Pod, start.Member, failure);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The pod was deleted meanwhile: the next turn ends it.
                Wake();
                return;
            }
        }
    }

    private void Note(PodView pod, PodMember member, ConfigFailure failure)
    {
        var before = _failures.GetValueOrDefault(member.Name);
        if (failure.Reason is "ErrImagePull" or "InvalidImageName" or "ErrImageNeverPull")
        {
            _parts.Events.Container(pod, member, true, "Failed", $"Error: {failure.Reason}");
        }

        _failures[member.Name] = failure.Reason switch
        {
            "ErrImagePull" => Count(before, failure, _parts.Options.InitialBackOff, _parts.Options.MaxBackOff),
            "RunContainerError" or "PostStartHookError" => Count(null, failure, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            _ => Count(before, failure, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
        };
    }

    private StartFailure Count(StartFailure? before, ConfigFailure failure, TimeSpan first, TimeSpan most)
    {
        var count = before is null ? 1 : before.Count + 1;
        var wait = TimeSpan.FromTicks(Math.Min(first.Ticks << Math.Min(count - 1, 16), most.Ticks));
        var now = _parts.Time.GetUtcNow();
        return new StartFailure(failure.Reason, failure.Message, now + wait, count, now);
    }
}
