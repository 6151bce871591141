namespace Naru.Containers.Logs;

/// <summary>What readers and the rotation of one log share: the gate that keeps file names still, and who follows.</summary>
internal sealed class LogChain(string path) : IDisposable
{
    /// <summary>Held while names are changed and while a reader looks for its next file.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    internal string Path { get; } = path;

    /// <summary>Readers that must not miss a file; touched under the gate.</summary>
    internal List<LogReader> Followers { get; } = [];

    /// <summary>Owned by <see cref="LogChains"/>.</summary>
    internal int Holders { get; set; }

    public void Dispose() => Gate.Dispose();
}
