namespace Naru.Agent.Shutdown;

/// <summary>Ends the pods of this node in order before the machine goes down, so that none of them learns of it by losing its power.</summary>
public interface INodeShutdown
{
    /// <summary>
    /// Says that the node goes down and takes no more pods, ends the ordinary pods and then the critical ones. No pod has longer than its own grace period. Returns when none runs any more.
    /// Asked again while it runs, it begins anew with what is left.
    /// </summary>
    /// <param name="grace">Time for all pods together, the critical ones included.</param>
    /// <param name="critical">What of it is kept for the critical ones.</param>
    /// <param name="cancellationToken">Stops waiting; what was told to end still ends.</param>
    /// <returns>How many pods were ended.</returns>
    /// <exception cref="Naru.Core.Errors.NaruException">InvalidArgument: a time is negative, or more is kept for the critical ones than there is.</exception>
    Task<int> RunAsync(TimeSpan grace, TimeSpan critical, CancellationToken cancellationToken);

    /// <summary>The machine stays up after all: the node takes pods again. Those that were ended stay ended.</summary>
    Task CancelAsync(CancellationToken cancellationToken);
}
