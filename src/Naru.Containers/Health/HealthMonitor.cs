using Naru.Containers.Engine;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;

namespace Naru.Containers.Health;

/// <summary>Probes the running containers that ask for it, and starts unhealthy ones again where that is wished.</summary>
internal sealed class HealthMonitor(
    ContainerLifecycle lifecycle, ContainerStop stop, ProbeRunner probes, ContainerEvents events, BackgroundWork background, ContainersOptions options, TimeProvider time)
{
    private const string RestartLabel = "naru.restart-unhealthy";

    /// <summary>Begins to listen for runs.</summary>
    public void Attach() => lifecycle.RunBegan += Begin;

    // Inside the cell's gate.
    private void Begin(ContainerCell cell, CancellationToken runEnded)
    {
        var container = cell.Value;
        if (!HealthLaw.IsProbed(container.Spec.HealthCheck))
        {
            return;
        }

        // An adopted container keeps the health it had.
        lifecycle.Save(cell, container with { Status = container.Status with { Health = container.Status.Health ?? HealthLaw.Begin } });
        background.Run($"the probes of container {cell.Id.Short}", async stopping =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(runEnded, stopping);
            await ProbeAsync(cell, container.Spec.HealthCheck!, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    private async Task ProbeAsync(ContainerCell cell, HealthCheckSpec check, CancellationToken cancellationToken)
    {
        var startedAt = cell.Value.Status.StartedAt ?? time.GetUtcNow();
        var health = cell.Value.Status.Health ?? HealthLaw.Begin;
        while (true)
        {
            await Task.Delay(HealthLaw.Wait(health, check, startedAt, time.GetUtcNow()), time, cancellationToken);
            if (cell.Value.Status.Phase != ContainerPhase.Running)
            {
                continue; // frozen
            }

            var probe = await probes.RunAsync(cell.Value, check, cancellationToken);
            using var turn = await cell.Gate.EnterAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (Note(cell, health = HealthLaw.Next(health, probe, check, startedAt)) && WantsRestart(cell.Value))
            {
                background.Run($"the restart of unhealthy container {cell.Id.Short}", token => stop.RestartUnhealthyAsync(cell, token));
                return;
            }
        }
    }

    /// <summary>Shows the health; true when it has just become unhealthy.</summary>
    private bool Note(ContainerCell cell, Core.Containers.Health health)
    {
        var container = cell.Value;
        var before = container.Status.Health?.Verdict;
        var next = container with { Status = container.Status with { Health = health } };
        if (before == health.Verdict)
        {
            cell.Set(next); // the log of probes alone is not worth a write
            return false;
        }

        lifecycle.Save(cell, next);
        events.Publish(next, "health_status: " + health.Verdict.ToString().ToLowerInvariant());
        return health.Verdict == HealthVerdict.Unhealthy;
    }

    private bool WantsRestart(Container container) =>
        container.Spec.Labels.TryGetValue(RestartLabel, out var label) ? label == "true" : options.RestartUnhealthy;
}
