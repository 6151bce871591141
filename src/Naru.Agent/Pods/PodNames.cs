using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Containers;

namespace Naru.Agent.Pods;

/// <summary>Names and labels of a pod's containers on the engine: those that the Docker-Kubernetes world uses.</summary>
internal static class PodNames
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";
    public const string Type = "io.kubernetes.docker.type";
    public const string SandboxId = "io.kubernetes.sandbox.id";
    public const string Attempt = "annotation.io.kubernetes.container.restartCount";
    public const string SandboxType = "podsandbox";
    public const string SandboxName = "POD";

    /// <summary>Name of a container: <c>k8s_container_pod_namespace_uid_attempt</c>.</summary>
    public static string Of(PodView pod, string container, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"k8s_{container}_{pod.Name}_{pod.Namespace}_{pod.Uid}_{attempt}");

    /// <summary>Labels of a container.</summary>
    public static ImmutableSortedDictionary<string, string> Labels(PodView pod, string container, int attempt, string sandbox)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>();
        labels[PodName] = pod.Name;
        labels[PodNamespace] = pod.Namespace;
        labels[PodUid] = pod.Uid;
        labels[ContainerName] = container;
        labels[Attempt] = attempt.ToString(CultureInfo.InvariantCulture);
        labels[Type] = sandbox.Length == 0 ? SandboxType : "container";
        if (sandbox.Length > 0)
        {
            labels[SandboxId] = sandbox;
        }

        return labels.ToImmutable();
    }

    /// <summary>A container of the engine as one of a pod's; null if it is none.</summary>
    public static PodContainer? Read(Container container)
    {
        var labels = container.Spec.Labels;
        return labels.TryGetValue(PodUid, out var uid) && labels.TryGetValue(ContainerName, out var name) && labels.TryGetValue(Attempt, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new PodContainer(uid, name, attempt, labels.GetValueOrDefault(SandboxId, ""), container)
            : null;
    }
}

/// <summary>A container on the engine that belongs to a pod.</summary>
/// <param name="PodUid">Its pod.</param>
/// <param name="Name">Name in the pod's spec.</param>
/// <param name="Attempt">How many came before it.</param>
/// <param name="Sandbox">Id of the sandbox it was made for; empty: it is one itself.</param>
/// <param name="Engine">What the engine says.</param>
internal sealed record PodContainer(string PodUid, string Name, int Attempt, string Sandbox, Container Engine)
{
    /// <summary>What it said about its end; null: nothing, or not known any more.</summary>
    public string? Message { get; init; }

    public bool IsSandbox => Sandbox.Length == 0;

    public ContainerId Id => Engine.Id;

    public bool IsLive => Engine.IsLive;

    /// <summary>It ran, or was to run and could not.</summary>
    public bool HasEnded => Engine.Status.Phase is ContainerPhase.Exited or ContainerPhase.Restarting or ContainerPhase.Dead or ContainerPhase.Removing || Engine.Status is { Phase: ContainerPhase.Created, Error.Length: > 0 };

    public bool Succeeded => HasEnded && Engine.Status is { ExitCode: 0, Error.Length: 0 };
}
