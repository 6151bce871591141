using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Logs;

/// <summary>Opens logs. The containers are asked for late because they use logs themselves.</summary>
internal sealed class ContainerLogs(LogChains chains, LogWatch watch, Lazy<IContainers> containers, TimeProvider time) : IContainerLogs
{
    public async Task<ILogReader> OpenAsync(Container container, LogQuery query, CancellationToken cancellationToken)
    {
        if (container.LogPath.Length == 0)
        {
            throw new NaruException(ErrorKind.NotImplemented, "configured logging driver does not support reading");
        }

        var follow = query.Follow ? await FollowAsync(container, query, cancellationToken) : null;
        var chain = chains.Acquire(container.LogPath);
        var reader = new LogReader(chains, chain, query, follow);
        try
        {
            await chain.Gate.WaitAsync(cancellationToken);
            try
            {
                reader.Open();
            }
            finally
            {
                chain.Gate.Release();
            }

            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>What ends the following; null when the container does not run, so that nothing more can come.</summary>
    private async Task<LogFollow?> FollowAsync(Container container, LogQuery query, CancellationToken cancellationToken)
    {
        Task ended;
        try
        {
            // First armed, then looked: an end between the two is seen by one of them.
            ended = await containers.Value.WaitAsync(container.Id.Value, WaitCondition.NextExit, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return null;
        }

        return containers.Value.Find(container.Id.Value) is { IsLive: true }
            ? new LogFollow(watch, Path.GetDirectoryName(container.LogPath)!, ended, query.Until, time)
            : null;
    }
}
