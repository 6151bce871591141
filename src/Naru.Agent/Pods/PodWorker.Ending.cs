namespace Naru.Agent.Pods;

/// <summary>The end of a pod.</summary>
internal sealed partial class PodWorker
{
    // True when nothing of the pod is left.
    private async Task<bool> EndAsync(PodSight sight, PodPlan plan, CancellationToken cancellationToken)
    {
        var pod = sight.Pod;
        _probes.Ending(sight);
        var live = sight.Containers.Where(static one => one is { IsSandbox: false, IsLive: true }).ToList();
        if (live.Count > 0)
        {
            KillNext(pod, live, cancellationToken);
            if (!_gone)
            {
                await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
            }

            WakeAt(sight.Now + _parts.Options.Resync);
            return false;
        }

        var written = _gone || await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
        if (IsEvicted)
        {
            // What they wrote is what the node needs back, before anything else can be written at all.
            await RemoveContainersAsync(sight, cancellationToken);
        }

        if (!written)
        {
            WakeAt(sight.Now + TimeSpan.FromSeconds(1));
            return false;
        }

        foreach (var sandbox in sight.Containers.Where(static one => one.IsSandbox))
        {
            await _parts.Actions.RemoveAsync(sandbox, cancellationToken);
        }

        _parts.Actions.RemoveGroup(pod.Uid);

        if (!_gone && !pod.IsDeleted)
        {
            // It has ended and stands for people to look at; its containers keep their logs.
            await _parts.Volumes.ReleaseAsync(pod.Uid, cancellationToken);
            WakeAt(sight.Now + _parts.Options.Resync);
            return false;
        }

        await RemoveContainersAsync(sight, cancellationToken);
        await _parts.Volumes.RemoveAsync(pod.Uid, cancellationToken);
        _parts.Tokens.Forget(pod.Uid);
        _parts.Admission.Forget(pod.Uid);
        if (!_gone && !await _parts.Writer.DeleteAsync(pod, cancellationToken))
        {
            WakeAt(sight.Now + TimeSpan.FromSeconds(1));
            return false;
        }

        return true;
    }

    private async Task RemoveContainersAsync(PodSight sight, CancellationToken cancellationToken)
    {
        foreach (var container in sight.Containers.Where(static one => !one.IsSandbox))
        {
            await _parts.Actions.RemoveAsync(container, cancellationToken);
        }
    }

    // All hooks run at once. Then main containers end first, and sidecars one by one, the last one first.
    private void KillNext(PodView pod, List<PodContainer> live, CancellationToken cancellationToken)
    {
        var sidecars = pod.Members.Where(static one => one.Kind == MemberKind.Sidecar).Select(static one => one.Name).ToList();
        var main = live.Where(one => !sidecars.Contains(one.Name)).ToList();
        var next = main.Count > 0 ? main : [live.MaxBy(one => sidecars.IndexOf(one.Name))!];
        foreach (var container in live)
        {
            _kills.Begin(pod, container, _end?.Grace is { } most && most < pod.Grace ? most : pod.Grace, $"Stopping container {container.Name}", cancellationToken, next.Contains(container));
        }
    }
}
