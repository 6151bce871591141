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
