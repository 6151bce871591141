using System.Collections.Immutable;
using System.Text;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Pods;

/// <summary>Pods and containers for tests of decisions.</summary>
internal static class PodFixture
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static PodView Pod(string spec, string metadata = "", string status = "") => new((MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(
        $$"""{"metadata":{"name":"web","namespace":"shop","uid":"u1"{{(metadata.Length > 0 ? "," + metadata : "")}} },"spec":{{spec}},"status":{ {{status}} } }""")));

    public static PodContainer Sandbox(int attempt = 0, ContainerPhase phase = ContainerPhase.Running) => Make("POD", attempt, "", phase, 0);

    public static PodContainer Container(string name, int attempt = 0, ContainerPhase phase = ContainerPhase.Running, int code = 0, PodContainer? sandbox = null, TimeSpan? ago = null, string error = "") =>
        Make(name, attempt, (sandbox ?? Sandbox()).Id.Value, phase, code, ago, error);

    public static PodSight Sight(PodView pod, params PodContainer[] containers) => new() { Pod = pod, Containers = [.. containers], Now = Now };

    private static PodContainer Make(string name, int attempt, string sandbox, ContainerPhase phase, int code, TimeSpan? ago = null, string error = "")
    {
        var id = new ContainerId(Digest.Of(Encoding.UTF8.GetBytes($"{name}{attempt}{sandbox}")).Value["sha256:".Length..]);
        var ended = phase == ContainerPhase.Exited;
        return new PodContainer("u1", name, attempt, sandbox, new Container
        {
            Id = id,
            Name = name,
            Created = Now - TimeSpan.FromMinutes(1),
            ImageId = Digest.Of("image"u8.ToArray()),
            Spec = new ContainerSpec { Image = "app:1" },
            SnapshotKey = id.Value,
            Status = new ContainerStatus
            {
                Phase = phase,
                ExitCode = code,
                Error = error,
                Pid = ended ? 0 : 4711,
                StartedAt = phase == ContainerPhase.Created ? null : Now - TimeSpan.FromSeconds(30),
                FinishedAt = ended ? Now - (ago ?? TimeSpan.Zero) : null,
                Network = sandbox.Length > 0 ? SandboxNetwork.None : new SandboxNetwork
                {
                    Endpoints = ImmutableSortedDictionary<string, Endpoint>.Empty.Add("naru-pods", new Endpoint { NetworkId = "n", NetworkName = "naru-pods", Container = id, IPv4Address = "10.244.0.7" }),
                },
            },
        });
    }
}
