namespace Naru.Linux.Mounts;

/// <summary>How mounts made below a mount spread to its peers.</summary>
public enum MountPropagation
{
    Private,
    Slave,
    Shared,
    Unbindable,
}
