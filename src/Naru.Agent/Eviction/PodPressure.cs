using Naru.Agent.Pods;

namespace Naru.Agent.Eviction;

/// <summary>What a pod uses of what is short.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Used">Bytes that it uses.</param>
/// <param name="Asked">Bytes that it asked for.</param>
/// <param name="Containers">What its containers use and asked for, by name.</param>
internal sealed record PodPressure(PodView Pod, long Used, long Asked, IReadOnlyList<(string Name, long Used, string Asked)> Containers);
