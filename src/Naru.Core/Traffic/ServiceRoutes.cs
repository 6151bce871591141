using System.Collections.Immutable;
using System.Net;

namespace Naru.Core.Traffic;

/// <summary>How a service is reached.</summary>
public sealed record ServiceRoutes
{
    /// <summary>A service that is reached nowhere.</summary>
    public static ServiceRoutes None { get; } = new();

    /// <summary>The places it is reached at. One that another service has already stays the other's until that goes.</summary>
    public ImmutableArray<ServiceFrontend> Frontends { get; init; } = [];

    /// <summary>Addresses that are the service's alone: what comes to any other port of them is refused.</summary>
    public ImmutableArray<IPAddress> OwnAddresses { get; init; } = [];
}

/// <summary>A place where a service is reached.</summary>
public sealed record ServiceFrontend
{
    /// <summary>Address; <see cref="IPAddress.Any"/> or <see cref="IPAddress.IPv6Any"/>: every address of this host.</summary>
    public required IPAddress Address { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Port.</summary>
    public required ushort Port { get; init; }

    /// <summary>Reached from elsewhere too; otherwise only by containers of this host and by the host itself.</summary>
    public bool IsExternal { get; init; }

    /// <summary>Who answers, each with the same chance.</summary>
    public ImmutableArray<ServiceTarget> Targets { get; init; } = [];

    /// <summary>Who answers those that come from elsewhere; default: the same.</summary>
    public ImmutableArray<ServiceTarget> ExternalTargets { get; init; }

    /// <summary>What becomes of those that nobody answers.</summary>
    public WithoutTarget WithoutTarget { get; init; }

    /// <summary>The same for those that come from elsewhere.</summary>
    public WithoutTarget WithoutExternalTarget { get; init; }

    /// <summary>A client comes to the same target as long as no more than this time lies between two of its connections; null: to any.</summary>
    public TimeSpan? Affinity { get; init; }

    /// <summary>Who may come; empty: everybody.</summary>
    public ImmutableArray<IPNetwork> Sources { get; init; } = [];
}

/// <summary>What becomes of connections that nobody answers.</summary>
public enum WithoutTarget
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>They are dropped: others may answer elsewhere.</summary>
    Drop,
}

/// <summary>Who answers.</summary>
/// <param name="Address">Address.</param>
/// <param name="Port">Port.</param>
/// <param name="IsHere">On this host.</param>
public readonly record struct ServiceTarget(IPAddress Address, ushort Port, bool IsHere);
