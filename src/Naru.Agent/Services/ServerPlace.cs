using System.Net;

namespace Naru.Agent.Services;

/// <summary>Says where this host's own API server is; null while it does not listen.</summary>
public delegate ServerPlace? FindServerPlace();

/// <summary>Where this host's own API server is.</summary>
/// <param name="Advertised">What the cluster is told.</param>
/// <param name="Bound">What it listens at.</param>
public sealed record ServerPlace(IPEndPoint Advertised, IPEndPoint Bound);
