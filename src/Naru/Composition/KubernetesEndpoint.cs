using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Naru.Access.Certificates;
using Naru.Agent.Services;
using Naru.Configuration;
using Naru.Dialects.Http.Sending;
using Naru.Objects.Access;

namespace Naru.Composition;

/// <summary>Where the Kubernetes API is served: TLS with the cluster's certificate, client certificates welcome and not demanded.</summary>
internal sealed class KubernetesEndpoint(NaruOptions options, IClusterCertificates certificates, KubeconfigWriter kubeconfig)
{
    private const int UsualPort = 6443;

    /// <summary>What a connection that came in here carries.</summary>
    public static readonly object Mark = new KubernetesConnection();

    private ListenOptions? _listener;

    /// <summary>Opens the address for Kestrel.</summary>
    public void Listen(KestrelServerOptions kestrel)
    {
        kestrel.Listen(Address(), listener =>
        {
            _listener = listener;
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            listener.UseDirectTls(https =>
            {
                https.ServerCertificateSelector = (_, _) => certificates.Server;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                // Who a certificate stands for is found out by the authenticator, against the cluster's own authority.
                https.AllowAnyClientCertificate();
            });
            ((Microsoft.AspNetCore.Connections.IConnectionBuilder)listener).Use(next => connection =>
            {
                connection.Features.Set((KubernetesConnection)Mark);
                return next(connection);
            });
        });
    }

    /// <summary>The address that clients on this machine use; known once Kestrel has bound it.</summary>
    public Uri Server
    {
        get
        {
            var bound = _listener?.IPEndPoint ?? throw new InvalidOperationException("The Kubernetes API does not listen yet.");
            var address = bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : bound.Address;
            return new Uri($"https://{new IPEndPoint(address, bound.Port)}");
        }
    }

    /// <summary>Where pods reach the API: the bound address, or this machine's own where that is no single one. Null before it is bound, or if there is no network.</summary>
    public IPEndPoint? Advertised()
    {
        if (_listener?.IPEndPoint is not { } bound || bound.Port == 0)
        {
            return null;
        }

        var isOne = !bound.Address.Equals(IPAddress.Any) && !bound.Address.Equals(IPAddress.IPv6Any) && !IPAddress.IsLoopback(bound.Address);
        var address = isOne ? bound.Address : OwnAddress();
        return address is null ? null : new IPEndPoint(address, bound.Port);
    }

    /// <summary>Where this host's server is, for services that lead to it; null before it listens.</summary>
    public ServerPlace? Place() => Advertised() is { } told && _listener?.IPEndPoint is { } bound ? new ServerPlace(told, bound) : null;

    /// <summary>Writes the administrator's kubeconfig, with the port that was bound.</summary>
    public string WriteKubeconfig() => kubeconfig.Write(Server);

    // Two instances on one machine must not disturb each other: where nobody chose a port and the usual one is taken, any free one will do.
    private IPEndPoint Address()
    {
        if (options.KubernetesAddress is { } chosen)
        {
            return IPEndPoint.Parse(chosen);
        }

        var usual = new IPEndPoint(IPAddress.Loopback, UsualPort);
        return IsFree(usual) ? usual : new IPEndPoint(IPAddress.Loopback, 0);
    }

    private static IPAddress? OwnAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(static one => one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .OrderByDescending(static one => one.GetIPProperties().GatewayAddresses.Count)
            .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
            .Select(static one => one.Address)
            .FirstOrDefault(static one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one) && !one.ToString().StartsWith("169.254.", StringComparison.Ordinal));

    private static bool IsFree(IPEndPoint address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
