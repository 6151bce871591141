using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Core.Traffic;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>
/// Leads services to their endpoints on this node: follows services, slices and the node, decides what changed, and has the host's table changed. What changes while the table is
/// being written goes together in the next change.
/// </summary>
internal sealed partial class ServiceKeeper(IObjects objects, IServiceTable table, ServiceSurroundings surroundings, NodeIdentity identity, FindServerPlace server, TimeProvider time, ILogger<ServiceKeeper> logger)
{
    private const string Zone = "topology.kubernetes.io/zone";
    private static readonly GroupResource[] Followed = [AgentResources.Services, AgentResources.EndpointSlices, AgentResources.Nodes];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly string OwnService = ServiceBooks.KeyOf("default", "kubernetes");

    /// <summary>Runs until it is told to end. The table stays as it is then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watches = Task.CompletedTask;
            try
            {
                var changes = Channel.CreateBounded<(GroupResource Resource, ObjectChange Change)>(new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
                watches = Task.WhenAll(Followed.Select(resource => FollowAsync(resource, changes.Writer, round.Token)));
                await KeepAsync(changes.Reader, round.Token);
            }
            catch (NaruException failure)
            {
                LogAnew(failure.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
            finally
            {
                await round.CancelAsync();
                await watches.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private async Task FollowAsync(GroupResource resource, ChannelWriter<(GroupResource, ObjectChange)> changes, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in objects.WatchAsync(resource, cancellationToken))
            {
                await changes.WriteAsync((resource, change), cancellationToken);
            }
        }
        catch (NaruException failure)
        {
            changes.TryComplete(failure);
        }
    }

    private async Task KeepAsync(ChannelReader<(GroupResource Resource, ObjectChange Change)> changes, CancellationToken cancellationToken)
    {
        var books = new ServiceBooks();
        var (waiting, isFirst) = (Followed.Length, true);
        ServerPlace? place = null;
        while (await WaitAsync(changes, place is not null, cancellationToken))
        {
            while (changes.TryRead(out var item))
            {
                Note(books, item.Resource, item.Change);
                waiting -= item.Change.IsSnapshotEnd ? 1 : 0;
            }

            if ((place is null || books.IsChanged(OwnService)) && server() is { } found && found != place)
            {
                place = found;
                if (books.Find(OwnService) is not null)
                {
                    books.Touch(OwnService);
                }
            }

            if (waiting <= 0)
            {
                await ApplyAsync(books, isFirst, place, cancellationToken);
                isFirst = false;
            }
        }
    }

    // The server's place is no object: until it is known it is asked for again and again.
    private async Task<bool> WaitAsync(ChannelReader<(GroupResource Resource, ObjectChange Change)> changes, bool isPlaced, CancellationToken cancellationToken)
    {
        if (isPlaced)
        {
            return await changes.WaitToReadAsync(cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrival = changes.WaitToReadAsync(ending.Token).AsTask();
        await Task.WhenAny(arrival, Task.Delay(Pause, time, ending.Token));
        if (!arrival.IsCompleted)
        {
            await ending.CancelAsync();
            await arrival.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }

        await ending.CancelAsync();
        return await arrival;
    }

    private void Note(ServiceBooks books, GroupResource resource, ObjectChange change)
    {
        if (change.Object is not { } one)
        {
            return;
        }

        if (resource == AgentResources.Services)
        {
            books.TakeService(change.Kind, one);
        }
        else if (resource == AgentResources.EndpointSlices)
        {
            books.TakeSlice(change.Kind, one, change.Previous);
        }
        else if (one.Name == identity.Name && ZoneOf(one) != ZoneOf(change.Previous))
        {
            books.TouchAll();
        }
    }

    private async Task ApplyAsync(ServiceBooks books, bool isFirst, ServerPlace? place, CancellationToken cancellationToken)
    {
        var changed = books.TakeChanged();
        if (changed.Count == 0 && !isFirst)
        {
            return;
        }

        var zone = ZoneOf(objects.Get(AgentResources.Nodes, "", identity.Name));
        ServiceSight? See(string key) => books.Find(key) is { } service
            ? new ServiceSight { Service = service.Tree, Slices = books.SlicesOf(key), Node = identity.Name, Zone = zone, Server = place }
            : null;
        var routes = changed.ToDictionary(static key => key, key => See(key) is { } sight ? ServiceRouting.Decide(sight) : null, StringComparer.Ordinal);
        await table.ApplyAsync(new ServiceTableChange { Services = routes, IsWhole = isFirst }, cancellationToken);
        await surroundings.FollowAsync(changed, See, cancellationToken);
    }

    private static string ZoneOf(StoredObject? node) => node?.Tree.Text("metadata", "labels", Zone) ?? "";

    [LoggerMessage(17200, LogLevel.Warning, "Services are read anew: {Problem}")]
    private partial void LogAnew(string problem);
}
