namespace Naru.Core.Containers;

/// <summary>Users and groups of a container that has ids of its own: 0 to <paramref name="Count"/> - 1 inside are <paramref name="First"/> and those after it on the host.</summary>
/// <param name="First">The host's id of root inside.</param>
/// <param name="Count">How many ids there are.</param>
public sealed record UserMapping(uint First, uint Count)
{
    /// <summary>The host's id of one inside; ids that there are none of inside stay.</summary>
    public uint Outside(uint id) => id < Count ? First + id : id;

    /// <summary>The id inside of one of the host's; those that are not among the container's stay.</summary>
    public uint Inside(uint id) => id >= First && id - First < Count ? id - First : id;

    /// <summary>The two have an id of the host in common.</summary>
    public bool Overlaps(UserMapping other) => First < (ulong)other.First + other.Count && other.First < (ulong)First + Count;
}
