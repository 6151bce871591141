namespace Naru.Core.Hosts;

/// <summary>What naru's own process holds.</summary>
/// <param name="OpenDescriptors">Open descriptors.</param>
/// <param name="Threads">Tasks.</param>
public sealed record ProcessFigures(int OpenDescriptors, int Threads);
