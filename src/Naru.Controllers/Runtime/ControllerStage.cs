using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;

namespace Naru.Controllers.Runtime;

/// <summary>Runs all controllers while this server leads: informers first, queues when these have their snapshots.</summary>
public sealed class ControllerStage : IEngineStage, IDisposable
{
    private readonly IReadOnlyList<IController> _controllers;
    private readonly IReadOnlyList<ILedWork> _works;
    private readonly Informers _informers;
    private readonly ILeadership _leadership;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly List<WorkQueue> _queues = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A stage over these controllers; nothing runs yet, but all that they watch is known.</summary>
    public ControllerStage(IEnumerable<IController> controllers, IEnumerable<ILedWork> works, Informers informers, ILeadership leadership, EventRecorder events, TimeProvider time, ILogger<ControllerStage> logger)
    {
        _controllers = [.. controllers];
        _works = [.. works];
        _informers = informers;
        _leadership = leadership;
        _events = events;
        _time = time;
        foreach (var controller in _controllers)
        {
            var queue = new WorkQueue(controller.Name, controller.Workers, controller.ReconcileAsync, _time, logger);
            _queues.Add(queue);
            foreach (var rule in controller.Watches)
            {
                _informers.For(rule.Resource, rule.IsOptional).Subscribe((old, now) => rule.Changed(old, now, queue));
            }
        }
    }

    /// <inheritdoc/>
    public int Order => 850;

    /// <summary>No controller has anything to do now; work that is due later does not count.</summary>
    public bool IsIdle => _queues.TrueForAll(static queue => queue.IsIdle);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => _leadership.RunAsync(LeadAsync, _stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
        await _events.FlushAsync().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        var watching = _informers.RunAsync(cancellationToken);
        var works = Task.WhenAll(_works.Select(work => Task.Run(() => work.RunAsync(cancellationToken), CancellationToken.None)));
        try
        {
            await _informers.WaitUntilSyncedAsync(cancellationToken);
            foreach (var queue in _queues)
            {
                queue.Start(cancellationToken);
            }

            await watching;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Leadership, or naru, ends.
        }

        await watching;
        await works;
        foreach (var queue in _queues)
        {
            await queue.StopAsync();
        }

        _informers.Forget();
    }
}
