using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Ingress.Following;

/// <summary>Follows one resource without end and passes each step on once, also over a watch that was cut off: what vanished meanwhile is told as gone.</summary>
internal sealed partial class Follower(GroupResource resource, IObjects objects, ChannelWriter<ObjectStep> steps, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Namespace, string Name), StoredObject> _known = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
            }

            try
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        HashSet<(string, string)>? seen = [];
        await foreach (var change in objects.WatchAsync(resource, cancellationToken))
        {
            if (change.Object is { } one)
            {
                var key = (one.Namespace, one.Name);
                seen?.Add(key);
                var old = _known.GetValueOrDefault(key);
                if (change.Kind == ChangeKind.Deleted)
                {
                    seen?.Remove(key);
                    _known.Remove(key);
                    await steps.WriteAsync(new(resource, one, null), cancellationToken);
                }
                else if (old is null || old.Revision < one.Revision)
                {
                    _known[key] = one;
                    await steps.WriteAsync(new(resource, old, one), cancellationToken);
                }
            }

            if (change.IsSnapshotEnd && seen is not null)
            {
                foreach (var (key, gone) in _known.Where(pair => !seen.Contains(pair.Key)).ToList())
                {
                    _known.Remove(key);
                    await steps.WriteAsync(new(resource, gone, null), cancellationToken);
                }

                seen = null;
                await steps.WriteAsync(new(resource, null, null), cancellationToken);
            }
        }
    }

    [LoggerMessage(18030, LogLevel.Debug, "Watching {Resource} starts anew: {Reason}")]
    private partial void LogBroken(string resource, string reason);
}
