using Naru.Containers.Consoles;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Engine;

/// <summary>
/// A container in memory. <see cref="Value"/> may be read by anybody at any time; everything else is changed inside
/// <see cref="Gate"/> alone.
/// </summary>
internal sealed class ContainerCell(Container container)
{
    private volatile Container _value = container;

    public ContainerId Id => _value.Id;

    /// <summary>Serialises all work on the container.</summary>
    public AsyncGate Gate { get; } = new();

    /// <summary>The container as it is now.</summary>
    public Container Value => _value;

    /// <summary>Those who wait for ends.</summary>
    public ExitWaits Waits { get; } = new();

    /// <summary>Input and output of those who are attached.</summary>
    public ConsoleHub Console { get; } = new();

    /// <summary>Stops a wait for the next automatic start; null: none waits.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>Wait before the next automatic start; zero: the first one.</summary>
    public TimeSpan RestartDelay { get; set; }

    /// <summary>Ends what goes on beside this run (probes, out-of-memory watch); null: none.</summary>
    public CancellationTokenSource? Run { get; set; }

    /// <summary>Replaces the value, checking that the phase takes a legal step.</summary>
    public Container Set(Container next)
    {
        var (from, to) = (_value.Status.Phase, next.Status.Phase);
        if (from != to && !ContainerPhaseLaw.Allows(from, to))
        {
            throw new NaruException(ErrorKind.Internal, $"container {Id.Short} cannot go from {from} to {to}");
        }

        _value = next;
        return next;
    }
}
