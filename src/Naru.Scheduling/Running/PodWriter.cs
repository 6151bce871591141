using System.Globalization;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;

namespace Naru.Scheduling.Running;

/// <summary>Writes what pods are told: why they wait, where room is made for them, that they have to go.</summary>
internal sealed partial class PodWriter(IObjects objects, EventWriter events, TimeProvider time, ILogger<PodWriter> logger)
{
    private static readonly WriteOptions Status = new() { Subresource = "status", FieldManager = "kube-scheduler" };

    /// <summary>The pod waits: its condition PodScheduled says why.</summary>
    public Task TellAsync(PodFacts pod, string reason, string message, string nominated, CancellationToken cancellationToken) =>
        WriteAsync(pod, tree => Wait(tree, pod, reason, message, nominated), cancellationToken);

    /// <summary>The pods go, to make room for another.</summary>
    public async Task EvictAsync(PodFacts pod, IReadOnlyList<PodFacts> victims, string node, CancellationToken cancellationToken)
    {
        foreach (var victim in victims.Where(static victim => !victim.Deleting))
        {
            await WriteAsync(
                victim,
                tree => SetCondition(tree, "DisruptionTarget", "True", "PreemptionByScheduler", $"{(pod.Scheduler.Length == 0 ? "default-scheduler" : pod.Scheduler)}: preempting to accommodate a higher priority pod"),
                cancellationToken);
            try
            {
                await objects.DeleteAsync(Kinds.Pods, victim.Namespace, victim.Name, new() { Uid = victim.Uid }, cancellationToken);
                events.Add(victim, "Normal", "Preempted", "Preempting", $"Preempted by pod {pod.Uid} on node {node}");
            }
            catch (NaruException failure)
            {
                // The pod that waits is tried again whenever something changes, and chooses anew then.
                LogNotWritten(victim.Namespace, victim.Name, failure.Message);
            }
        }
    }

    private static bool IsSame(MapValue tree, PodFacts pod) => tree.Text("metadata", "uid") == pod.Uid && string.IsNullOrEmpty(tree.Text("spec", "nodeName"));

    private bool Wait(MapValue tree, PodFacts pod, string reason, string message, string nominated)
    {
        if (!IsSame(tree, pod))
        {
            return false;
        }

        var status = tree.MakeMap("status");
        var changed = SetCondition(tree, "PodScheduled", "False", reason, message);
        if ((status.Text("nominatedNodeName") ?? "") != nominated && nominated.Length > 0)
        {
            status["nominatedNodeName"] = nominated;
            changed = true;
        }

        return changed;
    }

    private bool SetCondition(MapValue tree, string type, string state, string reason, string message)
    {
        var conditions = tree.MakeMap("status").MakeList("conditions");
        var condition = conditions.Maps().FirstOrDefault(one => one.Text("type") == type);
        if (condition is not null && condition.Text("status") == state && condition.Text("reason") == reason && condition.Text("message") == message && condition.Integer("observedGeneration") == tree.Integer("metadata", "generation"))
        {
            return false;
        }

        if (condition is null)
        {
            condition = new MapValue { { "type", type } };
            conditions.Add(condition);
        }

        if (condition.Text("status") != state)
        {
            condition["lastTransitionTime"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        condition["status"] = state;
        condition["reason"] = reason;
        condition["message"] = message;
        condition["observedGeneration"] = tree.Map("metadata")?["generation"];
        return true;
    }

    private async Task WriteAsync(PodFacts pod, Func<MapValue, bool> change, CancellationToken cancellationToken)
    {
        try
        {
            await objects.ChangeAsync(Kinds.Pods, pod.Namespace, pod.Name, change, Status, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone meanwhile: there is nobody to tell.
        }
        catch (NaruException failure)
        {
            LogNotWritten(pod.Namespace, pod.Name, failure.Message);
        }
    }

    [LoggerMessage(14010, LogLevel.Warning, "Pod {Namespace}/{Name} was not told of a decision: {Problem}")]
    private partial void LogNotWritten(string @namespace, string name, string problem);
}
