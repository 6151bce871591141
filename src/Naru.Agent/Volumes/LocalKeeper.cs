using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>
/// The node's half of local volumes: fills new ones with what they are to begin with, takes snapshots of them, and removes those. Every piece of work is named by its object, is decided by
/// its newest state, and may be repeated.
/// </summary>
internal sealed partial class LocalKeeper(IObjects objects, LocalCopies copies, NodeIdentity identity, TimeProvider time, ILogger<LocalKeeper> logger)
{
    private const int Workers = 2;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>();
    private readonly ConcurrentDictionary<Work, bool> _known = [];
    private readonly ConcurrentDictionary<Work, bool> _later = [];

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [
            FollowAsync(AgentResources.Volumes, LocalCopies.IsToBeFilled, cancellationToken),
            FollowAsync(AgentResources.SnapshotContents, LocalCopies.IsOurs, cancellationToken),
            RepeatAsync(cancellationToken),
            .. Enumerable.Range(0, Workers).Select(_ => WorkAsync(cancellationToken)),
        ]);

    private async Task FollowAsync(GroupResource resource, Func<MapValue, bool> concerns, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var change in objects.WatchAsync(resource, cancellationToken))
                {
                    if (change.Object is { } one && change.Kind != ChangeKind.Deleted && concerns(one.Tree))
                    {
                        Add(new Work(resource, one.Name));
                    }
                }
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // The same work is never done twice at once: it waits at most once while it is done.
    private void Add(Work work)
    {
        if (_known.TryAdd(work, true))
        {
            _work.Writer.TryWrite(work);
        }
        else
        {
            _later[work] = true;
        }
    }

    private async Task RepeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Again, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var work in _later.Keys)
            {
                if (!_known.ContainsKey(work) && _later.TryRemove(work, out _))
                {
                    Add(work);
                }
            }
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var work in _work.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (!await DoAsync(work, cancellationToken))
                {
                    _later[work] = true;
                }
            }
            catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
            {
                LogFailed(work.Resource.ToString(), work.Name, failure.Message);
                _later[work] = true;
            }
            finally
            {
                _known.TryRemove(work, out _);
            }
        }
    }

    // False: it is to be looked at again.
    private async Task<bool> DoAsync(Work work, CancellationToken cancellationToken)
    {
        if (objects.Get(work.Resource, "", work.Name) is not { } one)
        {
            return true;
        }

        if (work.Resource == AgentResources.Volumes)
        {
            return !LocalCopies.IsToBeFilled(one.Tree) || LocalCopies.NodeOf(one.Tree) != identity.Name || await copies.FillAsync(one.Tree, cancellationToken);
        }

        return !copies.IsHere(one.Tree)
            || (one.IsEnding ? await copies.RemoveAsync(one.Tree, cancellationToken) : await copies.TakeAsync(one.Tree, cancellationToken));
    }

    private readonly record struct Work(GroupResource Resource, string Name);

    [LoggerMessage(17501, LogLevel.Information, "{Resource} are followed anew: {Problem}")]
    private partial void LogBroken(string resource, string problem);

    [LoggerMessage(17502, LogLevel.Warning, "The files of {Resource} {Name} could not be brought in order: {Problem}")]
    private partial void LogFailed(string resource, string name, string problem);
}
