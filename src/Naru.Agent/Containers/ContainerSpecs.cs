using System.Collections.Immutable;
using Naru.Agent.Admission;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Objects.Api;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Makes the engine's spec of a pod's container: what it refers to is looked up, the files that are mounted into it are made.</summary>
internal sealed class ContainerSpecs(IObjects objects, IHost host, PodFiles files, Volumes.PodVolumes volumes, Nodes.NodeIdentity identity, RuntimeHandlers runtimes)
{
    /// <summary>The spec of one attempt.</summary>
    /// <exception cref="ConfigFailure">Something that it refers to is missing or wrong.</exception>
    public ContainerSpec Build(PodView pod, PodStart start, PodContainer sandbox, Image image, PodAddresses addresses, string? target)
    {
        var member = start.Member;
        var (container, limits) = (member.Spec, LimitsOf(pod, member));
        var environment = new ContainerEnvironment(pod, container, addresses, RoomOf(host.Read()), SourceOf(pod)).Build();
        var values = environment.ToDictionary(StringComparer.Ordinal);
        string? LookUp(string name) => values.GetValueOrDefault(name);
        return new ContainerSpec
        {
            Image = member.Image,
            Process = new ProcessSpec
            {
                Entrypoint = Words(container, "command", LookUp),
                Command = Words(container, "args", LookUp),
                Environment = [.. environment.Select(static one => $"{one.Key}={one.Value}").Prepend($"HOSTNAME={files.HostnameOf(pod)}")],
                WorkingDirectory = container.Text("workingDir") is { Length: > 0 } directory ? directory : null,
                User = ContainerSecurity.User(pod, member, image),
                Terminal = container.Boolean("tty") == true,
                OpenInput = container.Boolean("stdin") == true,
                InputOnce = container.Boolean("stdinOnce") == true,
                StopSignal = container.Text("lifecycle", "stopSignal"),
            },
            Labels = PodNames.Labels(pod, member.Name, start.Attempt, sandbox.Id.Value),
            Hostname = pod.HostNetwork ? null : files.HostnameOf(pod),
            HealthCheck = new HealthCheckSpec { Test = ["NONE"] },
            Isolation = IsolationOf(pod, member, sandbox, target),
            Resources = limits with { Devices = [.. limits.Devices, .. volumes.DevicesOf(pod, member)] },
            Mounts = [.. Mounts(pod, start, LookUp)],
            Network = new ContainerNetworkSpec { Mode = $"container:{sandbox.Id.Value}" },
            Runtime = runtimes.HandlerOf(pod),
        };
    }

    private IsolationSpec IsolationOf(PodView pod, PodMember member, PodContainer sandbox, string? target)
    {
        var isolation = ContainerSecurity.Isolation(pod, member, sandbox.Id.Value, target, ReadProfile) with { Users = sandbox.Engine.Spec.Isolation.Users };
        var profile = host.Read().AppArmor ? AppArmorRules.ProfileOf(pod, member) : "";
        return profile.Length == 0 ? isolation : isolation with { SecurityOptions = isolation.SecurityOptions.Add($"apparmor={profile}") };
    }

    /// <summary>Its limits.</summary>
    public ResourceSpec LimitsOf(PodView pod, PodMember member) => ContainerResources.Of(pod, member, host.Read().Memory);

    // What a container without limits may use: what the node gives to pods.
    private NodeRoom RoomOf(HostFacts facts)
    {
        var room = PodResources.Read(objects.Get(AgentResources.Nodes, "", identity.Name)?.Tree.Map("status", "allocatable"));
        return new NodeRoom(
            room.TryGetValue("cpu", out var processors) ? processors.MilliValue / 1000m : facts.Processors,
            room.TryGetValue("memory", out var memory) ? memory.Value : facts.Memory,
            room.TryGetValue("ephemeral-storage", out var storage) ? storage.Value : 0);
    }

    private IEnumerable<MountSpec> Mounts(PodView pod, PodStart start, Func<string, string?> lookUp)
    {
        var container = start.Member.Spec;
        var taken = container.Maps("volumeMounts").Select(static one => one.Text("mountPath")).ToHashSet(StringComparer.Ordinal);
        if (!taken.Contains("/etc/hosts"))
        {
            yield return Bind(files.HostsOf(pod), "/etc/hosts");
        }

        if (!taken.Contains("/etc/resolv.conf") && File.Exists(files.ResolverOf(pod)))
        {
            yield return Bind(files.ResolverOf(pod), "/etc/resolv.conf");
        }

        var message = container.Text("terminationMessagePath") ?? "/dev/termination-log";
        if (message.StartsWith('/') && !taken.Contains(message))
        {
            yield return Bind(files.MakeMessage(pod, start.Member.Name, start.Attempt), message);
        }

        foreach (var mount in container.Maps("volumeMounts"))
        {
            yield return volumes.MountOf(pod, start.Member, mount, lookUp);
        }
    }

    private static MountSpec Bind(string source, string target) => new() { Kind = MountKind.Bind, Source = source, Target = target };

    private static ImmutableArray<string>? Words(MapValue container, string field, Func<string, string?> lookUp) =>
        container.List(field) is { Count: > 0 } words ? [.. words.Texts().Select(word => Expansion.Expand(word, lookUp))] : null;

    private ReferenceSource SourceOf(PodView pod) => new(
        name => objects.Get(AgentResources.ConfigMaps, pod.Namespace, name)?.Tree,
        name => objects.Get(AgentResources.Secrets, pod.Namespace, name)?.Tree,
        () => objects.List(AgentResources.Services, pod.Namespace).Concat(pod.Namespace == "default" ? [] : objects.List(AgentResources.Services, "default")).Select(static one => one.Tree))
    {
        File = (volume, path) => volumes.ReadFile(pod, volume, path),
    };

    private string ReadProfile(string name)
    {
        var directory = Path.Combine(Path.GetDirectoryName(files.Root)!, "seccomp");
        var path = Path.GetFullPath(Path.Combine(directory, name));
        return path.StartsWith(directory + "/", StringComparison.Ordinal) && File.Exists(path)
            ? File.ReadAllText(path)
            : throw ConfigFailure.Config($"cannot load seccomp profile \"{path}\": open {path}: no such file or directory");
    }
}
