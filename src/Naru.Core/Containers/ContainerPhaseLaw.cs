namespace Naru.Core.Containers;

/// <summary>The legal steps of a container's life.</summary>
public static class ContainerPhaseLaw
{
    /// <summary>True when a container may go from one phase to the other in one step.</summary>
    public static bool Allows(ContainerPhase from, ContainerPhase to) => (from, to) switch
    {
        (ContainerPhase.Created, ContainerPhase.Running or ContainerPhase.Exited or ContainerPhase.Removing) => true,
        (ContainerPhase.Running, ContainerPhase.Paused or ContainerPhase.Exited or ContainerPhase.Restarting) => true,
        (ContainerPhase.Paused, ContainerPhase.Running or ContainerPhase.Exited or ContainerPhase.Restarting) => true,
        (ContainerPhase.Restarting, ContainerPhase.Running or ContainerPhase.Exited or ContainerPhase.Removing) => true,
        (ContainerPhase.Exited, ContainerPhase.Running or ContainerPhase.Restarting or ContainerPhase.Removing) => true,
        (ContainerPhase.Removing, ContainerPhase.Dead) => true,
        (ContainerPhase.Dead, ContainerPhase.Removing) => true,
        _ => false,
    };
}
