namespace Naru.Containers.Events;

/// <summary>How much of the past is kept and how far a reader may fall behind.</summary>
public sealed record EventOptions
{
    /// <summary>Events kept for readers that ask for the past; default 2048.</summary>
    public int Kept { get; init; } = 2048;

    /// <summary>Events that wait for one reader before it is cut off; default 4096.</summary>
    public int QueueLength { get; init; } = 4096;
}
