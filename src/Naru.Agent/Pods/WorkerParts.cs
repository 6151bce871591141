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
    public bool NeedsPull(PodMember member) => Images.Find(member.Image) is null || member.Spec.Text("imagePullPolicy") == "Always";

    /// <summary>Probes of a pod's containers.</summary>
    public PodProbes NewProbes(Action changed) => new(Probes, Events, Counts, Identity, Time, changed);
}
