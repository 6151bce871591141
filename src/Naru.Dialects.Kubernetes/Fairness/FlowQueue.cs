namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>One of the queues of a priority level.</summary>
internal sealed class FlowQueue
{
    /// <summary>In order of arrival.</summary>
    public LinkedList<WaitingRequest> Waiting { get; } = [];

    /// <summary>The seats that its requests have had, in the level's virtual time: the queue that is furthest behind goes next.</summary>
    public double Served { get; set; }
}
