namespace Naru.Core.Lifetime;

/// <summary>A part of the engine that has something to do when naru starts and stops. Stages start in the order of <see cref="Order"/> and
/// stop in reverse; a stop that fails does not keep the others from stopping.</summary>
public interface IEngineStage
{
    /// <summary>Place in the order: host 0, events 100, images 200, volumes 300, networks 400, containers 500, builds 600, collection 700, dialects 900.</summary>
    int Order { get; }

    /// <summary>Loads state, adopts, sweeps. When it returns the part answers calls.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends background work. Containers go on.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
