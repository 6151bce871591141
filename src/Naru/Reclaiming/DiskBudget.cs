using Naru.Configuration;
using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Linux.Files;

namespace Naru.Reclaiming;

/// <summary>Keeps images, build cache and dead containers within the disk budget: looks now and then, and frees what is too much.</summary>
internal sealed partial class DiskBudget(NaruOptions options, EngineDirectories directories, Reclaimer reclaimer, TimeProvider time, ILogger<DiskBudget> logger) : IEngineStage, IDisposable
{
    // Something that was in use a moment ago is most likely wanted again: a build's base image, a container just stopped.
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly BackgroundLoops _loops = new();

    public int Order => 700;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DiskBudget is { } budget && options.GcInterval > TimeSpan.Zero)
        {
            _loops.Start(stop => RunAsync(budget, stop));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();

    /// <summary>Looks once. Volumes do not count: nobody may reclaim them.</summary>
    internal async Task KeepAsync(ByteSize budget, CancellationToken cancellationToken)
    {
        var used = Measure(cancellationToken);
        if (used > budget)
        {
            LogOver(used, budget);
            await reclaimer.ReclaimAsync(used - budget, Grace, cancellationToken);
        }
    }

    private ByteSize Measure(CancellationToken cancellationToken)
    {
        var total = ByteSize.Zero;
        foreach (var directory in Directory.EnumerateDirectories(directories.Data).Where(path => Path.GetFileName(path) != "volumes"))
        {
            total += new ByteSize(TreeSize.Measure(directory, cancellationToken).Allocated);
        }

        return total;
    }

    private async Task RunAsync(ByteSize budget, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.GcInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await KeepAsync(budget, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A supervisor: a round that fails is tried again at the next tick.
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(8031, LogLevel.Information, "Images, build cache and dead containers take {Used}, more than the budget of {Budget}")]
    private partial void LogOver(ByteSize used, ByteSize budget);

    [LoggerMessage(8032, LogLevel.Error, "Keeping the disk budget failed")]
    private partial void LogFailed(Exception exception);
}
