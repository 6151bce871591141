using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Agent.Mirrors;

/// <summary>Follows all objects of a resource and tells what became of each, also across a watch that has to begin anew.</summary>
internal sealed partial class ObjectMirror(IObjects objects, GroupResource resource, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<(string Namespace, string Name), StoredObject> _items = [];

    /// <summary>Runs until it is told to end. Calls come one after the other.</summary>
    /// <param name="changed">An object before and after a change; null where there is none.</param>
    /// <param name="complete">All objects that there were have been told; again after each new beginning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action<StoredObject?, StoredObject?> changed, Action complete, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FollowAsync(changed, complete, cancellationToken);
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(Action<StoredObject?, StoredObject?> changed, Action complete, CancellationToken cancellationToken)
    {
        HashSet<(string, string)>? seen = [];
        await foreach (var change in objects.WatchAsync(resource, cancellationToken))
        {
            if (change.Object is { } item)
            {
                var key = (item.Namespace, item.Name);
                seen?.Add(key);
                var before = _items.GetValueOrDefault(key);
                if (change.Kind == ChangeKind.Deleted)
                {
                    _items.Remove(key);
                    changed(before ?? item, null);
                }
                else
                {
                    _items[key] = item;
                    changed(before, item);
                }
            }

            if (change.IsSnapshotEnd)
            {
                foreach (var (key, gone) in _items.Where(one => !seen!.Contains(one.Key)).ToList())
                {
                    _items.Remove(key);
                    changed(gone, null);
                }

                seen = null;
                complete();
            }
        }
    }

    [LoggerMessage(17800, LogLevel.Information, "{ResourceName} are listed anew: {Problem}")]
    private partial void LogBroken(string resourceName, string problem);
}
