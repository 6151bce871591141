namespace Naru.Containers.Bundles;

/// <summary>Who a process runs as.</summary>
/// <param name="Uid">User number.</param>
/// <param name="Gid">Group number.</param>
/// <param name="Groups">Further groups, the first one included.</param>
/// <param name="Home">Home directory; <c>/</c> when the image knows none.</param>
internal sealed record ContainerUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);
