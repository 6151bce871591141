namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>A request that waits for seats.</summary>
internal sealed class WaitingRequest(string flow, int seats, long since)
{
    public TaskCompletionSource<bool> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Flow => flow;

    public int Seats => seats;

    /// <summary>When it came, as a timestamp.</summary>
    public long Since => since;

}

/// <summary>One of the queues of a priority level.</summary>
internal sealed class FlowQueue
{
    /// <summary>In order of arrival.</summary>
    public LinkedList<WaitingRequest> Waiting { get; } = [];

    /// <summary>The seats that its requests have had, in the level's virtual time: the queue that is furthest behind goes next.</summary>
    public double Served { get; set; }
}
