namespace Naru.Controllers.Runtime;

/// <summary>Says when this server's controllers work. Several servers over one store have one leader at a time.</summary>
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
