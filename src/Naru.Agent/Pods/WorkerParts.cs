using Microsoft.Extensions.Logging;
using Naru.Agent.Admission;
using Naru.Agent.Events;
using Naru.Agent.Hooks;
using Naru.Agent.Nodes;
using Naru.Agent.Probes;
using Naru.Agent.Volumes;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>What workers of pods share.</summary>
internal sealed record WorkerParts(
    IContainers Containers,
    IContainerLogs Logs,
    IContainerUsage Usage,
    NodeAdmission Admission,
    IImages Images,
    PodTable Table,
    PodActions Actions,
    PodWriter Writer,
    PodVolumes Volumes,
    ServiceTokens Tokens,
    HookRunner Hooks,
    ProbeRunner Probes,
    ProbeCounts Counts,
    PodEvents Events,
    NodeIdentity Identity,
    AgentOptions Options,
    TimeProvider Time,
    ILogger<PodWorker> Logger)
{
    /// <summary>Starting the container may take a while, since its image is not here.</summary>
    public bool NeedsPull(PodView pod, PodMember member) => Needs(member.Image, member.Spec)
        || pod.Spec.Maps("volumes").Any(volume => volume.Map("image") is { } image && member.Spec.Maps("volumeMounts").Any(mount => mount.Text("name") == volume.Text("name")) && Needs(image.Text("reference") ?? "", image, "pullPolicy"));

    private bool Needs(string image, MapValue holder, string policy = "imagePullPolicy") => Images.Find(image) is null || holder.Text(policy) == "Always";

    /// <summary>Probes of a pod's containers.</summary>
    public PodProbes NewProbes(Action changed) => new(Probes, Events, Counts, Identity, Time, changed);
}
