using Naru.Linux.Sockets;

namespace Naru.Ingress.Listening;

/// <summary>The threads that carry the ingress' connections, one for each processor. A request stays on the thread of its client's connection, and the connection to its endpoint is one of the same thread.</summary>
internal sealed class SocketLoops : IDisposable
{
    private readonly ReadyLoop[] _loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static index => new ReadyLoop(index))];
    private int _next;

    /// <summary>How many there are.</summary>
    public int Count => _loops.Length;

    /// <summary>The loop of this thread, else the next in turn.</summary>
    public ReadyLoop Here => ReadyLoop.Current ?? Next();

    /// <summary>The next in turn.</summary>
    public ReadyLoop Next() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
