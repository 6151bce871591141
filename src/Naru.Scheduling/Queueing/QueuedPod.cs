using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;

namespace Naru.Scheduling.Queueing;

/// <summary>A pod that waits for a place.</summary>
internal sealed class QueuedPod(PodFacts facts, long number)
{
    public PodFacts Facts { get; set; } = facts;

    /// <summary>Order of arrival.</summary>
    public long Number => number;

    public WaitingFor State { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset Arrived { get; init; }

    public DateTimeOffset LastTry { get; set; }

    /// <summary>Raised when it moves, so that entries in queues that it left are known for stale.</summary>
    public int Stamp { get; set; }

    /// <summary>Who refused it last.</summary>
    public RefusedBy RefusedBy { get; set; }

    /// <summary>The line of refused pods that it stands in; null: none.</summary>
    public SortedSet<QueuedPod>? Line { get; set; }

    /// <summary>Its place among all.</summary>
    public (int Priority, string Created, long Number) Place => (Facts.Priority, Facts.Created, Number);

    /// <summary>What its status says already.</summary>
    public string Told { get; set; } = "";
}

/// <summary>Where a pod waits.</summary>
internal enum WaitingFor
{
    /// <summary>Its gates to be lifted.</summary>
    Gates,

    /// <summary>Its turn.</summary>
    Turn,

    /// <summary>Time to pass.</summary>
    Backoff,

    /// <summary>Something to happen that helps.</summary>
    Change,

    /// <summary>Its binding to be written.</summary>
    Binding,
}
