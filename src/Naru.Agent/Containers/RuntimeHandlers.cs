using Naru.Agent.Pods;
using Naru.Core.Hosts;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>OCI runtimes that runtime classes choose by their handlers: names of the engine's runtimes.</summary>
internal sealed class RuntimeHandlers(IObjects objects, IHost host)
{
    /// <summary>The runtime of a pod's containers; empty: the engine's default.</summary>
    /// <exception cref="ConfigFailure">FailedCreatePodSandBox: its class is not there, or this node has no such runtime.</exception>
    public string HandlerOf(PodView pod)
    {
        if (pod.Spec.Text("runtimeClassName") is not { Length: > 0 } name)
        {
            return "";
        }

        var handler = objects.Get(AgentResources.RuntimeClasses, "", name)?.Tree.Text("handler")
            ?? throw new ConfigFailure("FailedCreatePodSandBox", $"failed to get sandbox runtime: RuntimeClass \"{name}\" not found");
        return host.Read().Runtimes.ContainsKey(handler)
            ? handler
            : throw new ConfigFailure("FailedCreatePodSandBox", $"failed to get sandbox runtime: no runtime for \"{handler}\" is configured");
    }
}
