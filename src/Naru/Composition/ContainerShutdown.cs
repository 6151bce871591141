using Naru.Configuration;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Lifetime;

namespace Naru.Composition;

/// <summary>Stops the containers with naru, where the configuration asks for it. Otherwise they go on and the next start takes them over.</summary>
internal sealed partial class ContainerShutdown(NaruOptions options, IContainers containers, ILogger<ContainerShutdown> logger) : IEngineStage
{
    // After the containers' own stage, so that it stops while they still can be stopped.
    public int Order => 590;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (options.StopContainersOnExit)
        {
            var running = containers.List().Where(container => container.Status.Phase is ContainerPhase.Running or ContainerPhase.Paused or ContainerPhase.Restarting);
            await Task.WhenAll(running.Select(container => StopAsync(container, cancellationToken)));
        }
    }

    private async Task StopAsync(Container container, CancellationToken cancellationToken)
    {
        try
        {
            await containers.StopAsync(container.Id.ToString(), new StopOptions(), cancellationToken);
        }
        catch (NaruException exception) when (exception.Kind is ErrorKind.NotModified or ErrorKind.NotFound)
        {
            // It ended by itself.
        }
        catch (NaruException exception)
        {
            LogNotStopped(container.Id.ToString(), exception.Message);
        }
    }

    [LoggerMessage(8047, LogLevel.Warning, "Container {Container} could not be stopped: {Reason}")]
    private partial void LogNotStopped(string container, string reason);
}
