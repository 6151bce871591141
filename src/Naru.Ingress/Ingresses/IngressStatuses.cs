using System.Net;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Ingresses;

/// <summary>Writes into every Ingress that is served where clients find it.</summary>
internal sealed partial class IngressStatuses(IObjects objects, IngressSet ingresses, PublishedAddresses addresses, ILogger<IngressStatuses> logger)
{
    /// <summary>Writes what is not there yet. <paramref name="isOpen"/>: whether a socket is.</summary>
    public async Task WriteAsync(bool isOpen, CancellationToken cancellationToken)
    {
        var wanted = isOpen ? Wanted(addresses.All()) : new ListValue();
        foreach (var source in ingresses.Served.ToList())
        {
            if (objects.Get(IngressResources.Ingresses, source.Namespace, source.Name) is not { } ingress || Same(ingress.Tree, wanted))
            {
                continue;
            }

            try
            {
                await objects.ChangeAsync(IngressResources.Ingresses, source.Namespace, source.Name, tree => Set(tree, wanted), new WriteOptions { Subresource = "status", FieldManager = "naru-ingress" }, cancellationToken);
            }
            catch (NaruException failure)
            {
                // It is gone or somebody else's: the next change brings it here again.
                LogFailed(source.ToString(), failure.Message);
            }
        }
    }

    private static ListValue Wanted(IReadOnlyList<string> addresses) =>
        new(addresses.Select(static one => new MapValue { { IPAddress.TryParse(one, out _) ? "ip" : "hostname", one } }));

    private static bool Same(MapValue tree, ListValue wanted) => wanted.DeepEquals(tree.List("status", "loadBalancer", "ingress") ?? new ListValue());

    private static bool Set(MapValue tree, ListValue wanted)
    {
        if (Same(tree, wanted))
        {
            return false;
        }

        var balancer = tree.MakeMap("status").MakeMap("loadBalancer");
        if (wanted.Count == 0)
        {
            balancer.Remove("ingress");
        }
        else
        {
            balancer["ingress"] = wanted.Clone();
        }

        return true;
    }

    [LoggerMessage(18061, LogLevel.Debug, "The status of {Ingress} could not be written: {Reason}")]
    private partial void LogFailed(string ingress, string reason);
}
