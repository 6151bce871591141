using System.Collections.Concurrent;
using Naru.Core.Builds;
using Naru.Core.Events;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Units;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Builds;

/// <summary>The classic builder's door: build, cancel, prune.</summary>
internal sealed class BuildRoutes(IBuilds builds, IHost host, IEvents events, TimeProvider time) : IDockerRouteGroup
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);

    public void Map(DockerRoutes routes)
    {
        routes.Post("/build", BuildAsync);
        routes.Post("/build/cancel", CancelAsync);
        routes.Post("/build/prune", PruneAsync);
    }

    private async Task BuildAsync(DockerCall call)
    {
        BuildQuery.Check(call);
        var names = BuildQuery.Names(call);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        var id = call.Query("buildid") is { Length: > 0 } given ? given : Guid.NewGuid().ToString("N");
        if (!_running.TryAdd(id, cancelled))
        {
            throw DockerException.Conflict($"a build with id {id} is running");
        }
        try
        {
            await using var context = call.Query("remote") is { Length: > 0 } remote
                ? await builds.FetchAsync(remote, cancelled.Token)
                : await builds.ReceiveAsync(call.Body, cancelled.Token);
            var request = BuildQuery.Read(call, context, host.Read().Platform);
            ContainerAccess.CheckBuild(call.Access, request);
            await ProgressStream.RunAsync(call, (progress, _) => RunAsync(request, names, new BuildTeller(progress, call.Flag("q")), cancelled.Token));
        }
        finally
        {
            _running.TryRemove(id, out _);
        }
    }

    private async Task RunAsync(BuildRequest request, IReadOnlyList<ImageReference> names, BuildTeller teller, CancellationToken cancellationToken)
    {
        try
        {
            await using var solved = await builds.SolveAsync(request, teller, cancellationToken);
            var image = await solved.StoreAsync(names, cancellationToken);
            teller.Built(image, names, solved.UnusedArguments);
        }
        catch (BuildException)
        {
            teller.Failed();
            throw;
        }
    }

    private async Task CancelAsync(DockerCall call)
    {
        var id = call.Query("id");
        if (string.IsNullOrEmpty(id))
        {
            throw DockerException.BadRequest("build ID not provided");
        }
        if (_running.TryGetValue(id, out var build))
        {
            await build.CancelAsync();
        }
        await call.EmptyAsync(204);
    }

    private async Task PruneAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("description", "id", "inuse", "label", "label!", "parent", "private", "shared", "type", "until", "unused-for");
        var until = PruneMoment.Until(filters, time);
        var unused = filters["unused-for"] is [.., var text]
            ? GoTime.TryParseDuration(text, out var span) ? time.GetUtcNow() - span : throw DockerException.BadRequest($"\"unused-for\" filter expects a duration (e.g., '24h'): {text}")
            : (DateTimeOffset?)null;
        var limit = unused ?? until;
        var keep = call.Number("reserved-space") ?? call.Number("keep-storage") ?? 0;
        var prune = new BuildPrune(call.Flag("all"), new ByteSize(Math.Max(keep, 0)), record =>
            // Cache has no labels, so nothing of it matches one.
            !filters.Has("label") &&
            (limit is null || (record.LastUsed ?? record.Created) < limit) &&
            (!filters.Has("id") || filters["id"].Any(id => record.Id.StartsWith(id, StringComparison.Ordinal))) &&
            (!filters.Has("type") || filters["type"].Contains(record.Type)) &&
            (!filters.Has("parent") || filters["parent"].Any(record.Parents.Contains)) &&
            (!filters.Has("description") || filters["description"].Any(words => record.Description.Contains(words, StringComparison.Ordinal))) &&
            (filters.Flag("inuse") is not { } inUse || record.InUse == inUse) &&
            (filters.Flag("shared") is not { } shared || record.Shared == shared) &&
            (filters.Flag("private") is not { } single || record.Shared != single));
        var pruned = await builds.PruneAsync(prune, call.Aborted);
        events.Publish(PruneMoment.Event("builder", pruned.Reclaimed));
        await call.JsonAsync(new BuildPruneReport
        {
            CachesDeleted = pruned.Records.IsEmpty ? null : [.. pruned.Records.Select(record => record.Id)],
            SpaceReclaimed = pruned.Reclaimed,
        });
    }
}
