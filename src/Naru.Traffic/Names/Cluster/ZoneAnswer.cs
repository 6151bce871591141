namespace Naru.Traffic.Names.Cluster;

/// <summary>What a zone says to a question.</summary>
/// <param name="Bytes">The answer; null where it is not complete.</param>
/// <param name="Chain">Aliases that lead to <paramref name="Outside"/>.</param>
/// <param name="Outside">A name that somebody else must be asked for.</param>
internal readonly record struct ZoneAnswer(byte[]? Bytes, IReadOnlyList<DnsRecord> Chain, string? Outside);
