using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Dialects.Kubernetes.Discovery;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Aggregation;

/// <summary>Keeps APIServices: registers this server's own groups, looks at other servers at times and with every change, and writes what it found as the condition Available.</summary>
internal sealed partial class AggregationStage(
    ApiServiceTable table,
    RemoteGroups remotes,
    LocalServices locals,
    AvailabilityProbe probe,
    IObjects objects,
    IResourceCatalogue catalogue,
    KubernetesDialectOptions options,
    TimeProvider time,
    ILogger<AggregationStage> logger) : IEngineStage, IDisposable
{
    private static readonly TimeSpan LookForGroups = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _end = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _work = Task.CompletedTask;

    public int Order => 896;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        table.Set(objects.List(LocalServices.Resource).Select(static one => ApiService.Read(one.Tree)));
        _work = Task.WhenAll(FollowAsync(_end.Token), WorkAsync(_end.Token), RegisterAsync(_end.Token), BeatAsync(_end.Token));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _end.Dispose();

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in objects.WatchAsync(LocalServices.Resource, cancellationToken))
                {
                    if (change.Kind != ChangeKind.Bookmark || change.IsSnapshotEnd)
                    {
                        _wake.Writer.TryWrite(true);
                    }
                }
            }
            catch (NaruException failure)
            {
                LogWatchEnded(logger, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    // Other servers change without telling.
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ProbePeriod, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            _wake.Writer.TryWrite(true);
        }
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookForGroups, time);
        var seen = -1L;
        do
        {
            var generation = catalogue.Generation;
            if (generation != seen)
            {
                await GuardAsync(() => locals.SynchroniseAsync(cancellationToken));
                seen = generation;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(cancellationToken))
        {
            await GuardAsync(() => LookAtAllAsync(cancellationToken));
        }
    }

    private async Task LookAtAllAsync(CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<RemoteGroupVersion>();
        var services = objects.List(LocalServices.Resource).Select(static one => ApiService.Read(one.Tree)).ToList();
        foreach (var service in services.Where(static one => one.IsLocal && !one.IsAvailable))
        {
            await TellAsync(service.Name, new ProbeResult(true, "Local", "Local APIServices are always available", []), cancellationToken);
        }

        table.Set(services);
        var looked = await Task.WhenAll(table.Remote.Select(async one => (Service: one, Result: await probe.LookAsync(one, cancellationToken))));
        foreach (var (service, result) in looked)
        {
            var known = remotes.All.FirstOrDefault(one => one.Group == service.Group && one.Version == service.Version);
            found.Add(new RemoteGroupVersion(service.Group, service.Version, result.IsAvailable || known is null ? result.Resources : known.Resources, result.IsAvailable));
        }

        // Whoever reads that a server is available may ask it at once: requests are led to it first.
        remotes.Set(found.ToImmutable());
        table.Set(looked.Select(static one => one.Service with { IsAvailable = one.Result.IsAvailable }));
        foreach (var (service, result) in looked)
        {
            await TellAsync(service.Name, result, cancellationToken);
        }
    }

    private async Task TellAsync(string name, ProbeResult result, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var status = result.IsAvailable ? "True" : "False";
        try
        {
            await objects.ChangeAsync(LocalServices.Resource, "", name, body =>
            {
                var conditions = body.MakeMap("status").MakeList("conditions");
                var old = conditions.Maps().FirstOrDefault(static one => one.Text("type") == "Available");
                if (old?.Text("status") == status && old.Text("reason") == result.Reason && old.Text("message") == result.Message)
                {
                    return false;
                }

                var since = old?.Text("status") == status ? old.Text("lastTransitionTime") ?? now : now;
                conditions.RemoveAll(one => ReferenceEquals(one, old));
                conditions.Add(new MapValue { ["type"] = "Available", ["status"] = status, ["lastTransitionTime"] = since, ["reason"] = result.Reason, ["message"] = result.Message });
                return true;
            }, new WriteOptions { Subresource = "status", FieldManager = "kube-aggregator" }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Gone or changed meanwhile: the watch brings it again.
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (NaruException failure)
        {
            LogFailed(logger, failure);
        }
    }

    [LoggerMessage(16020, LogLevel.Debug, "The watch of APIServices ended")]
    private static partial void LogWatchEnded(ILogger logger, Exception failure);

    [LoggerMessage(16021, LogLevel.Warning, "APIServices could not be looked after")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
