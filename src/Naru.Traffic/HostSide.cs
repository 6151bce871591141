using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;

namespace Naru.Traffic;

/// <summary>The network namespace that plays the host: this process' own, or (on hosts made of namespaces, and in tests) a named one.</summary>
internal sealed class HostSide : IDisposable
{
    private readonly NetworkNamespace? _target;

    internal HostSide(string namespacePath)
    {
        Threads = new NamespaceThreads();
        _target = namespacePath.Length == 0 ? null : NetworkNamespace.Open(namespacePath);
    }

    /// <summary>Threads that work inside sandboxes.</summary>
    internal NamespaceThreads Threads { get; }

    /// <summary>Runs short work in the host's namespace; sockets opened there stay there.</summary>
    internal T Run<T>(Func<T> work) => _target is null ? work() : Threads.Run(_target, work);

    internal void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    internal RouteSocket OpenRoutes() => Run(RouteSocket.Open);

    public void Dispose()
    {
        Threads.Dispose();
        _target?.Dispose();
    }
}
