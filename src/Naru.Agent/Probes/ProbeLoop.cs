using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Probes;

/// <summary>One probe, asked again and again, with its thresholds.</summary>
/// <param name="kind">Startup, Liveness or Readiness.</param>
/// <param name="probe">The probe.</param>
/// <param name="runner">Asks.</param>
/// <param name="time">The clock.</param>
/// <param name="isOver">Nobody wants to know any more.</param>
internal sealed class ProbeLoop(string kind, MapValue probe, ProbeRunner runner, TimeProvider time, Func<bool> isOver)
{
    private readonly int _successes = (int)(probe.Integer("successThreshold") ?? 1);
    private readonly int _failures = (int)(probe.Integer("failureThreshold") ?? 3);
    private int _streak;
    private bool? _last;

    /// <summary>Asks until it is told to end; with <paramref name="once"/> until it succeeds. True when it succeeded.</summary>
    /// <param name="member">The container.</param>
    /// <param name="container">The container as it lives.</param>
    /// <param name="address">Where it is reached.</param>
    /// <param name="once">End with the first success.</param>
    /// <param name="judge">Told after each answer: whether a threshold was reached and with which answer, whether the container has to be killed, why it failed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> RunAsync(PodMember member, PodContainer container, string address, bool once, Action<bool?, bool, string?> judge, CancellationToken cancellationToken)
    {
        if (probe.Integer("initialDelaySeconds") is { } delay and > 0)
        {
            var left = (container.Engine.Status.StartedAt ?? time.GetUtcNow()) + TimeSpan.FromSeconds(delay) - time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, cancellationToken);
            }
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(probe.Integer("periodSeconds") ?? 10), time);
        do
        {
            var problem = await runner.RunAsync(member, container, probe, address, cancellationToken);
            if (isOver() || (problem is not null && !runner.Lives(container)))
            {
                return false;
            }

            var (reached, kills) = problem?.StartsWith(ProbeWords.Unknown, StringComparison.Ordinal) == true ? (null, false) : Count(problem is null);
            judge(reached, kills, problem);
            if (kills || (once && reached == true))
            {
                return reached == true;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));

        return false;
    }

    // What threshold the answer reached, if any, and whether the container has to go for it.
    internal (bool? Reached, bool Kills) Count(bool success)
    {
        _streak = _last == success ? _streak + 1 : 1;
        _last = success;
        if (_streak < (success ? _successes : _failures))
        {
            return (null, false);
        }

        return (success, !success && kind != "Readiness");
    }
}
