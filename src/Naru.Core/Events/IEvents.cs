namespace Naru.Core.Events;

/// <summary>The events of this host: the last thousand or so are kept, also across a restart of naru where cheap.</summary>
public interface IEvents
{
    /// <summary>Tells everybody. Never waits; a reader that is too slow is cut off.</summary>
    void Publish(EngineEvent happened);

    /// <summary>Kept events from <paramref name="since"/> (null: none of the past), then new ones until <paramref name="until"/> (null: for ever).
    /// The subscription is in place when the method returns, before the first element is asked for.
    /// A reader that falls behind its bounded queue gets <see cref="Errors.ErrorKind.Expired"/>.</summary>
    IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken);
}
