using Microsoft.Extensions.Logging;
using Naru.Agent.Csi;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Wakes pods when something that their volumes are made of changes: configuration, secrets, claims, volumes and their attachments.</summary>
internal sealed partial class VolumeSources(IObjects objects, PodWorkers workers, CsiRegistry drivers, TimeProvider time, ILogger<VolumeSources> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        drivers.Registered += WakeAll;
        try
        {
            await Task.WhenAll(Follow(cancellationToken));
        }
        finally
        {
            drivers.Registered -= WakeAll;
        }
    }

    private IEnumerable<Task> Follow(CancellationToken cancellationToken) =>
    [
        FollowAsync(AgentResources.ConfigMaps, one => Wake(one.Namespace, volume => References(volume, "configMap", "name", one.Name)), cancellationToken),
        FollowAsync(AgentResources.Secrets, one => Wake(one.Namespace, volume => References(volume, "secret", "secretName", one.Name) || References(volume, "secret", "name", one.Name)), cancellationToken),
        FollowAsync(AgentResources.Claims, one => WakeClaimants(one.Namespace, one.Name), cancellationToken),
        FollowAsync(AgentResources.Volumes, WakeForVolume, cancellationToken),
        FollowAsync(AgentResources.Attachments, WakeForAttachment, cancellationToken),
    ];

    /// <summary>A volume, alone or among others in a projected one, is made of this object.</summary>
    internal static bool References(MapValue volume, string kind, string field, string name) =>
        volume.Text(kind, field) == name || volume.Maps("projected", "sources").Any(source => source.Text(kind, field) == name);

    private void WakeForVolume(StoredObject volume)
    {
        if (volume.Tree.Map("spec", "claimRef") is { } claim)
        {
            WakeClaimants(claim.Text("namespace") ?? "", claim.Text("name") ?? "");
        }
    }

    private void WakeForAttachment(StoredObject attachment)
    {
        if (attachment.Tree.Text("spec", "source", "persistentVolumeName") is { } name && objects.Get(AgentResources.Volumes, "", name) is { } volume)
        {
            WakeForVolume(volume);
        }
    }

    private void WakeClaimants(string space, string claim)
    {
        foreach (var worker in workers.All.Where(one => one.Tree.Text("metadata", "namespace") == space))
        {
            var pod = new PodView(worker.Tree);
            if (pod.Spec.Maps("volumes").Any(volume => ClaimedVolumes.Takes(volume) && ClaimedVolumes.ClaimOf(pod, volume) == claim))
            {
                worker.VolumesChanged();
            }
        }
    }

    private void Wake(string space, Func<MapValue, bool> uses)
    {
        foreach (var worker in workers.All.Where(one => one.Tree.Text("metadata", "namespace") == space && one.Tree.Maps("spec", "volumes").Any(uses)))
        {
            worker.VolumesChanged();
        }
    }

    private async Task FollowAsync(GroupResource resource, Action<StoredObject> changed, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var isSnapshot = true;
                await foreach (var change in objects.WatchAsync(resource, cancellationToken))
                {
                    isSnapshot &= !change.IsSnapshotEnd;
                    if (!isSnapshot && change.Object is { } one)
                    {
                        changed(one);
                    }
                }
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken);

            // What happened meanwhile is not known: whoever has volumes looks.
            WakeAll();
        }
    }

    private void WakeAll()
    {
        foreach (var worker in workers.All)
        {
            worker.VolumesChanged();
        }
    }

    [LoggerMessage(17500, LogLevel.Information, "Changes of {Resource} are followed anew: {Problem}")]
    private partial void LogBroken(string resource, string problem);
}
