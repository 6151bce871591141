namespace Naru.Core.Lifetime;

/// <summary>Says when this server does what only one of several servers over one store may do: one leads at a time.</summary>
public interface ILeadership
{
    /// <summary>Whenever this server leads, runs <paramref name="lead"/>, whose token ends when it leads no longer. Returns when <paramref name="cancellationToken"/> ends.</summary>
    Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken);
}

/// <summary>There is one server: it leads.</summary>
public sealed class SoleLeadership : ILeadership
{
    /// <inheritdoc/>
    public Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken) => lead(cancellationToken);
}
