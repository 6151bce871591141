using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Writes what pods have become.</summary>
internal sealed partial class PodWriter(IObjects objects, NodeIdentity identity, ILogger<PodWriter> logger)
{
    private static readonly WriteOptions Status = new() { Subresource = "status", FieldManager = "kubelet" };

    /// <summary>Brings the status up to date. False if that has to be tried again.</summary>
    public async Task<bool> WriteAsync(PodSight sight, PodPlan plan, CancellationToken cancellationToken)
    {
        var pod = sight.Pod;
        try
        {
            await objects.ChangeAsync(AgentResources.Pods, pod.Namespace, pod.Name, tree => Change(tree, sight, plan), Status, cancellationToken);
            return true;
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return true;
        }
        catch (NaruException failure)
        {
            LogFailed(pod.Namespace, pod.Name, failure.Message);
            return false;
        }
    }

    /// <summary>Takes a pod away whose containers have ended. False if that has to be tried again.</summary>
    public async Task<bool> DeleteAsync(PodView pod, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(AgentResources.Pods, pod.Namespace, pod.Name, new DeleteOptions { GracePeriodSeconds = 0, Uid = pod.Uid }, cancellationToken);
            return true;
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            return true;
        }
        catch (NaruException failure)
        {
            LogFailed(pod.Namespace, pod.Name, failure.Message);
            return false;
        }
    }

    private bool Change(MapValue tree, PodSight sight, PodPlan plan)
    {
        if (tree.Text("metadata", "uid") != sight.Pod.Uid && tree.Text("metadata", "annotations", Static.StaticPodFile.MirrorAnnotation) != sight.Pod.Uid)
        {
            return false;
        }

        var before = tree.Map("status") ?? [];
        var after = PodStatus.Build(sight with { Pod = new PodView(tree) }, plan, before, identity.Addresses);
        if (after.DeepEquals(before))
        {
            return false;
        }

        tree["status"] = after;
        return true;
    }

    [LoggerMessage(17021, LogLevel.Warning, "The status of pod {Namespace}/{Pod} could not be written: {Problem}")]
    private partial void LogFailed(string @namespace, string pod, string problem);
}
