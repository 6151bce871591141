using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Scheduling.Running;

/// <summary>One resource's changes without end: when the watch is cut off it starts anew, and what vanished meanwhile is told as deleted.</summary>
internal sealed partial class WatchFeed(IObjects objects, GroupResource resource, Func<ObjectChange, ValueTask> tell, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<(string, string), StoredObject> _known = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Without its feed the scheduler would go on with what was: whatever ended the watch, it starts anew.
                LogCutOff(resource.ToString(), failure.Message);
                if (failure is not NaruException { Kind: ErrorKind.Expired })
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
                }
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        HashSet<(string, string)>? seen = [];
        await foreach (var change in objects.WatchAsync(resource, cancellationToken))
        {
            if (change.Object is { } item)
            {
                seen?.Add((item.Namespace, item.Name));
                if (change.Kind == ChangeKind.Deleted)
                {
                    _known.Remove((item.Namespace, item.Name));
                }
                else
                {
                    _known[(item.Namespace, item.Name)] = item;
                }
            }
            else if (change.IsSnapshotEnd && seen is not null)
            {
                foreach (var (key, gone) in _known.Where(one => !seen.Contains(one.Key)).ToList())
                {
                    _known.Remove(key);
                    await tell(new(ChangeKind.Deleted, gone, gone, gone.Revision));
                }

                seen = null;
            }

            await tell(change);
        }
    }

    [LoggerMessage(14020, LogLevel.Debug, "Watch of {Resource} starts anew: {Problem}")]
    private partial void LogCutOff(string resource, string problem);
}
