using System.Net.Sockets;
using Naru.Agent.Hooks;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Probes;

/// <summary>Asks a container once how it is.</summary>
internal sealed class ProbeRunner(IContainers containers, ExecRunner execs, HttpCall http, TimeProvider time)
{
    /// <summary>Makes one probe.</summary>
    /// <returns>Why it failed; null: it succeeded.</returns>
    public async Task<string?> RunAsync(PodMember member, PodContainer container, MapValue probe, string address, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(probe.Integer("timeoutSeconds") ?? 1);
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await AskAsync(member, container, probe, address, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeWords.TimedOut(probe, member.Spec, address, timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            return ProbeWords.Failed(probe, member.Spec, address, failure);
        }
        catch (NaruException failure)
        {
            // A command that could not even be started says nothing about the container.
            return ProbeWords.Unknown + failure.Message;
        }
    }

    /// <summary>The container still lives the life that the probe belongs to.</summary>
    public bool Lives(PodContainer container) => containers.Find(container.Id.Value) is { IsLive: true } now && now.Status.StartedAt == container.Engine.Status.StartedAt;

    private async Task<string?> AskAsync(PodMember member, PodContainer container, MapValue probe, string address, CancellationToken cancellationToken)
    {
        if (probe.Map("exec") is { } exec)
        {
            var result = await execs.RunAsync(container.Id.Value, [.. exec.List("command")?.Texts() ?? []], cancellationToken);
            return result.ExitCode == 0 ? null : result.Output;
        }

        if (probe.Map("httpGet") is { } get)
        {
            var (status, _) = await http.GetAsync(get, member.Spec, address, "kube-probe/1.36", cancellationToken);
            return status is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {status}";
        }

        if (probe.Map("tcpSocket") is { } tcp)
        {
            var port = PortLookup.Find(member.Spec, tcp["port"]) ?? throw new IOException($"invalid port: {tcp["port"]}");
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(tcp.Text("host") is { Length: > 0 } host ? host : address, port, cancellationToken);
            return null;
        }

        return probe.Map("grpc") is { } grpc ? await GrpcHealth.AskAsync(address, (int)(grpc.Integer("port") ?? 0), grpc.Text("service") ?? "", cancellationToken) : null;
    }
}
