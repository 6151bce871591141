using System.Globalization;
using Naru.Cluster.Caching;
using Naru.Cluster.Writing;
using Naru.Core.Errors;

namespace Naru.Cluster.Reading;

/// <summary>Makes sure that the caches know what a reader may expect.</summary>
internal sealed class Freshness(ObjectStore store, RevisionGate gate, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Empty: everything that is acknowledged; a revision: at least that; 0: whatever is known.</summary>
    public async ValueTask WaitAsync(string resourceVersion, CancellationToken cancellationToken)
    {
        if (resourceVersion.Length == 0)
        {
            await store.CatchUpAsync(cancellationToken);
            return;
        }

        var revision = ContinueToken.ParseRevision(resourceVersion);
        if (gate.Applied >= revision)
        {
            return;
        }

        await store.CatchUpAsync(cancellationToken);
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await gate.WaitAsync(revision, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooLarge(revision);
        }
    }

    private NaruException TooLarge(long revision) => new(ErrorKind.Unavailable, string.Create(CultureInfo.InvariantCulture, $"Too large resource version: {revision}, current: {gate.Applied}"))
    {
        Details = new FailureDetails
        {
            Causes = [new FailureCause("ResourceVersionTooLarge", "Too large resource version", "")],
            RetryAfter = TimeSpan.FromSeconds(1),
        },
    };
}
