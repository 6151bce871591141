using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Nodes;

/// <summary>The node's sign of life: a Lease in kube-node-lease, renewed every ten seconds.</summary>
internal sealed partial class NodeLease(IObjects objects, NodeIdentity identity, AgentOptions options, TimeProvider time, ILogger<NodeLease> logger)
{
    private const string Namespace = "kube-node-lease";
    private static readonly WriteOptions Write = new() { FieldManager = "kubelet" };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.LeaseInterval, time);
        do
        {
            try
            {
                await RenewAsync(cancellationToken);
            }
            catch (NaruException failure)
            {
                LogFailed(failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (objects.Get(AgentResources.Leases, Namespace, identity.Name) is null)
        {
            await objects.CreateAsync(AgentResources.Leases, New(), Write, cancellationToken);
            return;
        }

        await objects.ChangeAsync(AgentResources.Leases, Namespace, identity.Name, Renew, Write, cancellationToken);
    }

    private bool Renew(MapValue lease)
    {
        var spec = lease.MakeMap("spec");
        spec["holderIdentity"] = new TextValue(identity.Name);
        spec["leaseDurationSeconds"] = IntegerValue.Of(40);
        spec["renewTime"] = new TextValue(AgentTime.FormatMicro(time.GetUtcNow()));
        return true;
    }

    private MapValue New()
    {
        var metadata = new MapValue { { "name", identity.Name }, { "namespace", Namespace } };
        if (objects.Get(AgentResources.Nodes, "", identity.Name) is { } node)
        {
            metadata["ownerReferences"] = new ListValue([new MapValue { { "apiVersion", "v1" }, { "kind", "Node" }, { "name", node.Name }, { "uid", node.Uid } }]);
        }

        var lease = new MapValue { { "apiVersion", "coordination.k8s.io/v1" }, { "kind", "Lease" }, { "metadata", metadata } };
        Renew(lease);
        return lease;
    }

    [LoggerMessage(17002, LogLevel.Warning, "The node's lease could not be renewed: {Problem}")]
    private partial void LogFailed(string problem);
}
