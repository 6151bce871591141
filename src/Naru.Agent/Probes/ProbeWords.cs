using System.Globalization;
using System.Net.Sockets;
using Naru.Agent.Hooks;
using Naru.Objects.Values;

namespace Naru.Agent.Probes;

/// <summary>Why probes fail, in the words that users of a kubelet know. Pure.</summary>
internal static class ProbeWords
{
    /// <summary>What an answer begins with that says nothing about the container.</summary>
    public const string Unknown = "unknown: ";

    /// <summary>No answer in time.</summary>
    public static string TimedOut(MapValue probe, MapValue container, string address, TimeSpan timeout)
    {
        var seconds = timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";
        return probe.Map("exec") is { } exec ? $"command timed out: \"{string.Join(' ', exec.List("command")?.Texts() ?? [])}\" timed out after {seconds}"
            : probe.Map("httpGet") is { } get ? $"Get \"{HttpCall.UriOf(get, container, address)}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            : probe.Map("tcpSocket") is { } tcp ? $"dial tcp {TargetOf(tcp, container, address)}: i/o timeout"
            : $"timeout: failed to connect service \"{Join(address, probe.Integer("grpc", "port"))}\" within {seconds}: context deadline exceeded";
    }

    /// <summary>No connection.</summary>
    public static string Failed(MapValue probe, MapValue container, string address, Exception failure)
    {
        var socket = failure as SocketException ?? failure.InnerException as SocketException;
        var reason = socket?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connect: connection refused",
            SocketError.HostUnreachable => "connect: no route to host",
            SocketError.NetworkUnreachable => "connect: network is unreachable",
            SocketError.ConnectionReset => "read: connection reset by peer",
            _ => null,
        };
        if (reason is null)
        {
            return probe.Map("httpGet") is { } call && failure.InnerException is not null ? $"Get \"{HttpCall.UriOf(call, container, address)}\": {failure.InnerException.Message}" : failure.Message;
        }

        if (probe.Map("httpGet") is { } get)
        {
            var uri = HttpCall.UriOf(get, container, address);
            return $"Get \"{uri}\": dial tcp {uri.Host}:{uri.Port}: {reason}";
        }

        return probe.Map("tcpSocket") is { } tcp ? $"dial tcp {TargetOf(tcp, container, address)}: {reason}"
            : $"connection error: desc = \"transport: Error while dialing: dial tcp {Join(address, probe.Integer("grpc", "port"))}: {reason}\"";
    }

    private static string TargetOf(MapValue tcp, MapValue container, string address) =>
        Join(tcp.Text("host") is { Length: > 0 } host ? host : address, PortLookup.Find(container, tcp["port"]));

    private static string Join(string host, long? port) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
}
