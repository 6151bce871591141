using System.Net;
using System.Net.Sockets;
using Naru.Configuration;
using Naru.Core.Errors;

namespace Naru.Composition;

/// <summary>An address that cannot be listened on, told by the option that chose it.</summary>
internal static class ListenFailure
{
    /// <summary>The failure for people.</summary>
    /// <param name="options">Which addresses were asked for.</param>
    /// <param name="cause">What Kestrel threw: it names a taken address, and no address for other troubles.</param>
    public static NaruException Of(NaruOptions options, Exception cause)
    {
        var system = cause.GetBaseException() as SocketException;
        var reason = system?.Message ?? cause.Message;
        foreach (var (name, address) in new[] { ("kubernetes-address", options.KubernetesAddress), ("docker-tls-address", options.DockerTlsAddress) })
        {
            if (address is not null && (cause.Message.Contains($"//{address}:", StringComparison.Ordinal) || (system is not null && TroubleOf(IPEndPoint.Parse(address)) == system.SocketErrorCode)))
            {
                return new NaruException(ErrorKind.FailedPrecondition, $"{name}: cannot listen on {address}: {reason}", cause);
            }
        }

        return new NaruException(ErrorKind.FailedPrecondition, cause.Message, cause);
    }

    private static SocketError TroubleOf(IPEndPoint address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(address);
            return SocketError.Success;
        }
        catch (SocketException trouble)
        {
            return trouble.SocketErrorCode;
        }
    }
}
