using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Who a process runs as, by numbers as they are seen inside its container.</summary>
/// <param name="User">User.</param>
/// <param name="Group">First group.</param>
/// <param name="Groups">All groups, the first one included.</param>
public sealed record ProcessUser(uint User, uint Group, ImmutableArray<uint> Groups);
