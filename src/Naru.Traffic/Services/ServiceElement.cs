namespace Naru.Traffic.Services;

/// <summary>An element that a service has in a set (no value) or in a map.</summary>
/// <param name="Set">One of <see cref="ServiceSets"/>, with its family.</param>
/// <param name="Key">As nftables writes it.</param>
/// <param name="Value">As nftables writes it; null in a set.</param>
internal readonly record struct ServiceElement(string Set, string Key, string? Value);

/// <summary>A chain that elements lead to.</summary>
internal readonly record struct ServiceChain(string Name, string Rules);
