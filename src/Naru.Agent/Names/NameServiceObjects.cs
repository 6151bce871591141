using System.Net;
using Microsoft.Extensions.Logging;
using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Core.Names;
using Naru.Core.Networks;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Names;

/// <summary>
/// Keeps the service <c>kube-system/kube-dns</c>, by which users find the cluster's name server. Pods reach it without a packet leaving them; for programs of the host its
/// endpoint is a port of this host. Somebody's own service of that name, with pods behind it, is left alone.
/// </summary>
internal sealed partial class NameServiceObjects(IObjects objects, IClusterNames names, INetworks networks, AgentOptions options, TimeProvider time, ILogger<NameServiceObjects> logger)
{
    private const string Namespace = "kube-system", Name = "kube-dns";
    private const ushort DnsPort = 53, PreferredPort = 10053;
    private static readonly GroupResource Endpoints = new("", "endpoints");
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30), Retry = TimeSpan.FromSeconds(1);
    private static readonly WriteOptions AsNaru = new() { FieldManager = "naru-names" };

    /// <summary>Runs until it is told to end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.ClusterDns.Count == 0)
        {
            return;
        }

        while (true)
        {
            var pause = Look;
            try
            {
                if (networks.Find(PodNetwork.Name)?.Spec.Pools.Select(GatewayOf).FirstOrDefault(IsReachable) is { } gateway)
                {
                    await KeepAsync(gateway, cancellationToken);
                }
                else
                {
                    pause = Retry;
                }
            }
            catch (NaruException failure)
            {
                LogNotKept(failure.Message);
                pause = Retry;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>The service.</summary>
    internal static MapValue ServiceOf(string address) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = Metadata(),
        ["spec"] = new MapValue { ["clusterIP"] = address, ["ports"] = new ListValue { Port("dns", "UDP", DnsPort), Port("dns-tcp", "TCP", DnsPort) } },
    };

    /// <summary>Its endpoints.</summary>
    internal static MapValue EndpointsOf(IPAddress address, ushort port) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Endpoints",
        ["metadata"] = Metadata(),
        ["subsets"] = Subsets(address, port),
    };

    private static ListValue Subsets(IPAddress address, ushort port) =>
    [
        new MapValue
        {
            ["addresses"] = new ListValue { new MapValue { ["ip"] = address.ToString() } },
            ["ports"] = new ListValue { Port("dns", "UDP", port), Port("dns-tcp", "TCP", port) },
        },
    ];

    private static MapValue Metadata() => new()
    {
        ["name"] = Name,
        ["namespace"] = Namespace,
        ["labels"] = new MapValue { ["k8s-app"] = Name, ["kubernetes.io/cluster-service"] = "true", ["kubernetes.io/name"] = "CoreDNS" },
    };

    private static MapValue Port(string name, string protocol, int number) => new() { ["name"] = name, ["port"] = (long)number, ["protocol"] = protocol };

    // Where none was asked for it is the first address, as for every network.
    private static IPAddress? GatewayOf(IpamPool pool)
    {
        if (IPAddress.TryParse(pool.Gateway, out var asked))
        {
            return asked;
        }

        if (!IPNetwork.TryParse(pool.Subnet, out var range))
        {
            return null;
        }

        var bytes = range.BaseAddress.GetAddressBytes();
        bytes[^1] |= 1;
        return new IPAddress(bytes);
    }

    // An endpoint is of its service's family.
    private bool IsReachable(IPAddress? gateway) => gateway is not null && IPAddress.TryParse(options.ClusterDns[0], out var server) && server.AddressFamily == gateway.AddressFamily;

    private async Task KeepAsync(IPAddress gateway, CancellationToken cancellationToken)
    {
        var port = names.Listen(gateway, PreferredPort);
        var service = objects.Get(AgentResources.Services, Namespace, Name);
        if (service is null)
        {
            service = await objects.CreateAsync(AgentResources.Services, ServiceOf(options.ClusterDns[0]), AsNaru, cancellationToken);
            LogMade(options.ClusterDns[0]);
        }

        if (service.Tree.Map("spec", "selector") is { Count: > 0 })
        {
            return;
        }

        if (objects.Get(Endpoints, Namespace, Name) is not { } endpoints)
        {
            await objects.CreateAsync(Endpoints, EndpointsOf(gateway, port), AsNaru, cancellationToken);
        }
        else if (endpoints.Tree.Maps("subsets").FirstOrDefault() is not { } subset || subset.Maps("addresses").FirstOrDefault()?.Text("ip") != gateway.ToString() || subset.Maps("ports").FirstOrDefault()?.Integer("port") != port)
        {
            await objects.ChangeAsync(Endpoints, Namespace, Name, tree =>
            {
                tree["subsets"] = Subsets(gateway, port);
                return true;
            }, AsNaru, cancellationToken);
        }
    }

    [LoggerMessage(17810, LogLevel.Information, "The cluster's name server is the service kube-system/kube-dns at {Address}")]
    private partial void LogMade(string address);

    [LoggerMessage(17811, LogLevel.Debug, "The service kube-dns cannot be kept for now: {Problem}")]
    private partial void LogNotKept(string problem);
}
