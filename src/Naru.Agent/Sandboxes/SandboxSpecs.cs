using System.Collections.Immutable;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>The container that holds a pod's namespaces: a process that only waits, in an otherwise empty root. Pure.</summary>
internal static class SandboxSpecs
{
    /// <summary>What it is called as an image.</summary>
    public const string Image = "naru/sandbox";

    private const string Program = "/pause";

    /// <summary>Its spec.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="attempt">How many sandboxes came before it.</param>
    /// <param name="initPath">The host's small init, statically linked, that can wait (<c>catatonit -P</c>).</param>
    /// <param name="domain">The pod's domain; empty: none.</param>
    /// <param name="hostname">The host name inside.</param>
    /// <param name="users">Users of the pod's own; null: the host's.</param>
    public static ContainerSpec Build(PodView pod, int attempt, string initPath, string domain, string hostname, UserMapping? users) => new()
    {
        Image = Image,
        Layers = LayerChain.Empty,
        Process = new ProcessSpec { Entrypoint = [Program], Command = ["-P"] },
        Labels = PodNames.Labels(pod, PodNames.SandboxName, attempt, ""),
        Hostname = pod.HostNetwork ? null : hostname,
        DomainName = domain.Length > 0 && !pod.HostNetwork ? domain : null,
        Isolation = new IsolationSpec
        {
            PidMode = pod.Spec.Boolean("hostPID") == true ? "host" : "",
            IpcMode = pod.Spec.Boolean("hostIPC") == true ? "host" : "shareable",
            UtsMode = pod.HostNetwork ? "host" : "",
            Users = users,
            ReadOnlyRoot = false,

            // It only waits: it needs nothing. A filter of calls costs 10 ms to make and keeps nobody from anything, unless others can reach into its process.
            CapabilitiesDropped = ["ALL"],
            SecurityOptions = pod.SharesProcesses ? ["no-new-privileges"] : ["no-new-privileges", "seccomp=unconfined"],
            Init = false,
            Sysctls = pod.Spec.Maps("securityContext", "sysctls").ToImmutableSortedDictionary(static one => one.Text("name") ?? "", static one => one.Text("value") ?? ""),
        },
        Resources = new ResourceSpec { OomScoreAdjustment = -998, CpuShares = 2 },
        Mounts = [new MountSpec { Kind = MountKind.Bind, Source = initPath, Target = Program, ReadOnly = true, KeepOwners = true }],
        Network = pod.HostNetwork ? new ContainerNetworkSpec { Mode = "host" } : new ContainerNetworkSpec
        {
            Mode = PodNetwork.Name,
            Endpoints = ImmutableSortedDictionary<string, EndpointSpec>.Empty.Add(PodNetwork.Name, new EndpointSpec()),
            Bindings = [.. HostPorts(pod)],
        },
        Log = new LogSpec { Driver = "none" },
    };

    private static IEnumerable<PortBinding> HostPorts(PodView pod) =>
        from member in pod.Members
        from port in member.Spec.Maps("ports")
        where port.Integer("hostPort") is > 0
        select new PortBinding
        {
            Target = new PortSpec((ushort)port.Integer("containerPort")!.Value, (port.Text("protocol") ?? "TCP").ToLowerInvariant()),
            HostAddress = port.Text("hostIP") ?? "",
            HostPortStart = (ushort)port.Integer("hostPort")!.Value,
            HostPortEnd = (ushort)port.Integer("hostPort")!.Value,
        };
}
