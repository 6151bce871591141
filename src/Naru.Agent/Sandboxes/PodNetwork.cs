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
        foreach (var ranges in given.Count > 0 ? [given] : Wishes())
        {
            var text = string.Join(',', ranges);
            try
            {
                await networks.CreateAsync(SpecOf(ranges, isOurChoice: given.Count == 0), cancellationToken);
                Ranges = ranges;
                LogMade(text);
                return;
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.PermissionDenied or ErrorKind.Conflict)
            {
                LogTaken(text, failure.Message);
            }
        }

        throw new NaruException(ErrorKind.ResourceExhausted, "no range for pods is free on this host: give another one with --pod-range");
    }

    /// <summary>The parts of a cluster's range that nodes take, in order.</summary>
    public static IEnumerable<string> Candidates(string clusterRange, int prefix)
    {
        var network = IPNetwork.Parse(clusterRange);
        var first = network.BaseAddress.GetAddressBytes();
        prefix = Math.Clamp(prefix, network.PrefixLength, first.Length * 8);
        var count = 1L << Math.Min(prefix - network.PrefixLength, 16);
        for (var part = 0L; part < count; part++)
        {
            yield return $"{Add(first, (UInt128)part << ((first.Length * 8) - prefix))}/{prefix}";
        }
    }

    private static IPAddress Add(byte[] address, UInt128 offset)
    {
        var bytes = (byte[])address.Clone();
        for (var (index, carry) = (bytes.Length - 1, 0); index >= 0; index--, offset >>= 8)
        {
            carry += bytes[index] + (int)(offset & 0xff);
            bytes[index] = (byte)carry;
            carry >>= 8;
        }

        return new IPAddress(bytes);
    }

    private static bool IsSix(string range) => IPNetwork.TryParse(range, out var parsed) && parsed.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    // The same part of each family's range, in the order of the options: the first is the cluster's own family.
    private IEnumerable<IReadOnlyList<string>> Wishes()
    {
        var parts = options.PodRanges.Select(range => Candidates(range, IsSix(range) ? options.NodePrefixV6 : options.NodePrefix)).ToList();
        return parts.Count == 1 ? parts[0].Select(static one => (IReadOnlyList<string>)[one]) : parts[0].Zip(parts[1], static (one, other) => (IReadOnlyList<string>)[one, other]);
    }

    private static NetworkSpec SpecOf(IReadOnlyList<string> ranges, bool isOurChoice) => new()
    {
        Name = Name,
        Driver = "bridge",
        Pools = [.. ranges.Select(static range => new IpamPool { Subnet = range })],
        EnableIPv4 = !ranges.All(IsSix),
        EnableIPv6 = ranges.Any(IsSix),
        NeedsFreePools = isOurChoice,
        Options = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("naru.hairpin", "true").Add("naru.through_host", "true"),
        Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("io.kubernetes.pods", "true"),
    };

    [LoggerMessage(17003, LogLevel.Information, "Pods of this node have addresses of {Range}")]
    private partial void LogMade(string range);

    [LoggerMessage(17004, LogLevel.Debug, "The range {Range} cannot be taken: {Problem}")]
    private partial void LogTaken(string range, string problem);
}
