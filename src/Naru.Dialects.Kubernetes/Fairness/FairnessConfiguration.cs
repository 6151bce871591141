using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Makes the FlowSchemas and levels that every cluster has, keeps the gate in step with what the cluster says, and tells schemas whose level is missing.</summary>
internal sealed partial class FairnessConfiguration(FairnessGate gate, IObjects objects, KubernetesDialectOptions options, TimeProvider time, ILogger<FairnessConfiguration> logger) : IEngineStage, IDisposable
{
    private static readonly GroupResource Schemas = new("flowcontrol.apiserver.k8s.io", "flowschemas");
    private static readonly GroupResource Levels = new("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations");

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _one = new(1);
    private Task _work = Task.CompletedTask;

    public int Order => 895;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The gate works from the first request on, whatever the cluster has by then.
        gate.Configure(FairnessDefaultsTable.Schemas(), FairnessDefaultsTable.Levels());
        if (!options.PriorityAndFairness)
        {
            return;
        }

        await MakeAsync(Levels, FairnessDefaultsTable.Levels(), cancellationToken);
        await MakeAsync(Schemas, FairnessDefaultsTable.Schemas(), cancellationToken);
        _work = Task.WhenAll(FollowAsync(Levels, _end.Token), FollowAsync(Schemas, _end.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _end.Dispose();
        _one.Dispose();
    }

    private async Task MakeAsync(GroupResource resource, IEnumerable<MapValue> bodies, CancellationToken cancellationToken)
    {
        foreach (var body in bodies)
        {
            if (objects.Get(resource, "", body.Text("metadata", "name")!) is not null)
            {
                continue;
            }

            try
            {
                await objects.CreateAsync(resource, body, new WriteOptions { FieldManager = "api-priority-and-fairness-config-producer-v1" }, cancellationToken);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
            {
                // The cache was behind, or another server was first.
            }
            catch (NaruException failure)
            {
                LogNotMade(logger, resource.ToString(), body.Text("metadata", "name")!, failure);
            }
        }
    }

    private async Task FollowAsync(GroupResource resource, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var inSnapshot = true;
                await foreach (var change in objects.WatchAsync(resource, cancellationToken))
                {
                    inSnapshot &= !change.IsSnapshotEnd;
                    if (!inSnapshot && (change.IsSnapshotEnd || change.Kind != ChangeKind.Bookmark))
                    {
                        await TakeOverAsync(cancellationToken);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NaruException failure)
            {
                LogWatchEnded(logger, resource.ToString(), failure);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var schemas = objects.List(Schemas);
            var levels = objects.List(Levels);
            if (schemas.Count == 0 || levels.Count == 0)
            {
                return;
            }

            gate.Configure(schemas.Select(static one => one.Tree), levels.Select(static one => one.Tree));
            var names = levels.Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var schema in schemas)
            {
                await TellAsync(schema, names, cancellationToken);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task TellAsync(StoredObject schema, HashSet<string> levels, CancellationToken cancellationToken)
    {
        var level = schema.Tree.Text("spec", "priorityLevelConfiguration", "name") ?? "";
        var (status, reason, message) = levels.Contains(level)
            ? ("False", "Found", $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" and it exists")
            : ("True", "NotFound", $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" but there is no such object");
        if (schema.Tree.Maps("status", "conditions").Any(one => one.Text("type") == "Dangling" && one.Text("status") == status))
        {
            return;
        }

        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            await objects.ChangeAsync(Schemas, "", schema.Name, body =>
            {
                var conditions = body.MakeMap("status").MakeList("conditions");
                conditions.RemoveAll(static one => (one as MapValue)?.Text("type") == "Dangling");
                conditions.Add(new MapValue { ["type"] = "Dangling", ["status"] = status, ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message });
                return true;
            }, new WriteOptions { Subresource = "status", FieldManager = "api-priority-and-fairness-config-consumer-v1" }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Gone or changed meanwhile: the watch brings it again.
        }
    }

    [LoggerMessage(16010, LogLevel.Warning, "{Resource} {Name} could not be made")]
    private static partial void LogNotMade(ILogger logger, string resource, string name, Exception failure);

    [LoggerMessage(16011, LogLevel.Debug, "The watch of {Resource} ended")]
    private static partial void LogWatchEnded(ILogger logger, string resource, Exception failure);
}
