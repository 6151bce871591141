using Naru.Core.Errors;

namespace Naru.Core.Traffic;

/// <summary>
/// The services that this host leads to their endpoints. Whoever knows the services says what each is to be; the table finds out what that changes and carries it out in
/// one transaction, at a cost in proportion to the change. What is carried out stays when naru ends, however it ends.
/// </summary>
public interface IServiceTable
{
    /// <summary>Makes services what they are to be; when the task ends new connections obey it. Connections that stand go on, datagrams of flows to an endpoint that left are led anew.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.FailedPrecondition"/>: this host cannot do it (libnftables or kernel).</exception>
    Task ApplyAsync(ServiceTableChange change, CancellationToken cancellationToken);
}

/// <summary>What is to change.</summary>
public sealed record ServiceTableChange
{
    /// <summary>By the service's own key, whatever it is; null: the service is no more.</summary>
    public required IReadOnlyDictionary<string, ServiceRoutes?> Services { get; init; }

    /// <summary>These are all there are: any other is no more. The first change of a run must be whole.</summary>
    public bool IsWhole { get; init; }
}
