namespace Naru.Containers.Logs;

/// <summary>The chains in use, by path.</summary>
internal sealed class LogChains
{
    private readonly Dictionary<string, LogChain> _chains = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Takes hold of a log's chain; <see cref="Release"/> ends it.</summary>
    internal LogChain Acquire(string path)
    {
        lock (_lock)
        {
            if (!_chains.TryGetValue(path, out var chain))
            {
                _chains.Add(path, chain = new LogChain(path));
            }

            chain.Holders++;
            return chain;
        }
    }

    internal void Release(LogChain chain)
    {
        lock (_lock)
        {
            if (--chain.Holders == 0)
            {
                _chains.Remove(chain.Path);
            }
        }
    }
}
