using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>The network that this node's pods are in: one bridge with the node's part of the cluster's range.</summary>
internal sealed partial class PodNetwork(INetworks networks, IObjects objects, Nodes.NodeIdentity identity, AgentOptions options, ILogger<PodNetwork> logger)
{
    /// <summary>Its name.</summary>
    public const string Name = AgentOptions.PodNetworkName;

    /// <summary>The node's ranges; empty until the network stands.</summary>
    public IReadOnlyList<string> Ranges { get; private set; } = [];

    /// <summary>Makes the network where there is none. The range is the one of the Node object, else that of the network as it stands, else the first that is free here.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (networks.Find(Name) is { } there)
        {
            Ranges = [.. there.Spec.Pools.Select(static pool => pool.Subnet)];
            return;
        }

        var given = objects.Get(AgentResources.Nodes, "", identity.Name)?.Tree.List("spec", "podCIDRs")?.Texts().ToList() ?? [];
        foreach (var range in given.Count > 0 ? given.Where(IsFour) : Candidates(options.PodRanges.First(IsFour), options.NodePrefix))
        {
            try
            {
                await networks.CreateAsync(SpecOf(range, isOurChoice: given.Count == 0), cancellationToken);
                Ranges = [range];
                LogMade(range);
                return;
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.PermissionDenied or ErrorKind.Conflict)
            {
                LogTaken(range, failure.Message);
            }
        }

        throw new NaruException(ErrorKind.ResourceExhausted, "no range for pods is free on this host: give another one with --pod-range");
    }

    /// <summary>The parts of a cluster's range that nodes take, in order.</summary>
    public static IEnumerable<string> Candidates(string clusterRange, int prefix)
    {
        var network = IPNetwork.Parse(clusterRange);
        prefix = Math.Max(prefix, network.PrefixLength);
        var first = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        var count = 1L << Math.Min(prefix - network.PrefixLength, 16);
        for (var part = 0L; part < count; part++)
        {
            var bytes = new byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, first + (uint)(part << (32 - prefix)));
            yield return $"{new IPAddress(bytes)}/{prefix}";
        }
    }

    private static bool IsFour(string range) => IPNetwork.TryParse(range, out var parsed) && parsed.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    private static NetworkSpec SpecOf(string range, bool isOurChoice) => new()
    {
        Name = Name,
        Driver = "bridge",
        Pools = [new IpamPool { Subnet = range }],
        NeedsFreePools = isOurChoice,
        Options = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("naru.hairpin", "true"),
        Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("io.kubernetes.pods", "true"),
    };

    [LoggerMessage(17003, LogLevel.Information, "Pods of this node have addresses of {Range}")]
    private partial void LogMade(string range);

    [LoggerMessage(17004, LogLevel.Debug, "The range {Range} cannot be taken: {Problem}")]
    private partial void LogTaken(string range, string problem);
}
