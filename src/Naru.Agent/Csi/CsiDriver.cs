using Grpc.Core;
using Grpc.Net.Client;
using Naru.Agent.Csi.Wire;

namespace Naru.Agent.Csi;

/// <summary>A storage driver that has registered with this node.</summary>
internal sealed class CsiDriver(string name, string endpoint, TimeProvider time) : IDisposable
{
    private readonly GrpcChannel _channel = CsiChannel.Open(endpoint);

    public string Name { get; } = name;

    public string Endpoint { get; } = endpoint;

    /// <summary>The node as the driver knows it.</summary>
    public string NodeId { get; private set; } = "";

    /// <summary>Volumes that the node can hold; zero: any number.</summary>
    public long MostVolumes { get; private set; }

    /// <summary>Where the node stands, as the driver tells places apart.</summary>
    public IReadOnlyDictionary<string, string> Topology { get; private set; } = new Dictionary<string, string>();

    /// <summary>Volumes are made ready on the node once, before pods get them.</summary>
    public bool Stages { get; private set; }

    public bool HasStats { get; private set; }

    public bool Expands { get; private set; }

    /// <summary>It tells apart whether one or several pods of a node write.</summary>
    public bool TellsWritersApart { get; private set; }

    /// <summary>It gives volumes to a group itself.</summary>
    public bool TakesGroup { get; private set; }

    /// <summary>Asks the driver what it is.</summary>
    public async Task LearnAsync(CancellationToken cancellationToken)
    {
        var info = await CallAsync((node, options) => node.NodeGetInfoAsync(new NodeGetInfoRequest(), options), cancellationToken);
        (NodeId, MostVolumes) = (info.NodeId, info.MaxVolumesPerNode);
        Topology = info.AccessibleTopology?.Segments.ToDictionary() ?? [];
        var able = (await CallAsync((node, options) => node.NodeGetCapabilitiesAsync(new NodeGetCapabilitiesRequest(), options), cancellationToken))
            .Capabilities.Select(static one => one.Rpc?.Type ?? NodeServiceCapability.Types.RPC.Types.Type.Unknown).ToHashSet();
        Stages = able.Contains(NodeServiceCapability.Types.RPC.Types.Type.StageUnstageVolume);
        HasStats = able.Contains(NodeServiceCapability.Types.RPC.Types.Type.GetVolumeStats);
        Expands = able.Contains(NodeServiceCapability.Types.RPC.Types.Type.ExpandVolume);
        TellsWritersApart = able.Contains(NodeServiceCapability.Types.RPC.Types.Type.SingleNodeMultiWriter);
        TakesGroup = able.Contains(NodeServiceCapability.Types.RPC.Types.Type.VolumeMountGroup);
    }

    /// <summary>Calls its node service.</summary>
    public Task<T> CallAsync<T>(Func<Node.NodeClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken) =>
        CsiChannel.CallAsync(time, options => call(new Node.NodeClient(_channel), options), cancellationToken);

    public void Dispose() => _channel.Dispose();
}
