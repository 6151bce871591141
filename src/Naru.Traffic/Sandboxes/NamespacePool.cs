using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Traffic.Names;

namespace Naru.Traffic.Sandboxes;

/// <summary>Network namespaces with loopback up, made ahead so that a start need not wait for one.</summary>
internal sealed partial class NamespacePool(HostSide host, string directory, int spares, ILogger<NamespacePool> logger)
{
    private readonly ConcurrentQueue<SpareSandbox> _ready = new();
    private Task _filling = Task.CompletedTask;
    private int _isFilling;
    private volatile bool _isClosed;

    /// <summary>Where spares get a name server as well; null: they get none. Set where networks with names exist.</summary>
    internal IPAddress? PreparedNames { get; set; }

    /// <summary>One for a sandbox. None is ready for users of its own: who owns a namespace is said when it is made.</summary>
    internal SpareSandbox Take(UserMapping? users)
    {
        if (users is not null)
        {
            return Create(users);
        }

        var taken = _ready.TryDequeue(out var ready) ? ready : Create();
        Fill();
        return taken;
    }

    /// <summary>Makes spares in the background.</summary>
    internal void Fill()
    {
        if (!_isClosed && _ready.Count < spares && Interlocked.Exchange(ref _isFilling, 1) == 0)
        {
            _filling = Task.Run(FillNow);
        }
    }

    /// <summary>Deletes the namespace files that nobody knows.</summary>
    internal void Sweep(IReadOnlySet<string> known)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateFiles(directory).Where(path => !known.Contains(path)))
        {
            NetworkNamespace.Delete(path);
        }
    }

    internal async Task CloseAsync()
    {
        _isClosed = true;
        await _filling;
        while (_ready.TryDequeue(out var spare))
        {
            spare.Names?.Dispose();
            spare.Namespace.Dispose();
            NetworkNamespace.Delete(spare.Namespace.Path);
        }
    }

    private void FillNow()
    {
        try
        {
            while (!_isClosed && _ready.Count < spares)
            {
                _ready.Enqueue(Create());
            }
        }
        catch (IOException failure)
        {
            // The start that needs one will meet the same failure and report it.
            LogFailed(failure.Message);
        }
        finally
        {
            Volatile.Write(ref _isFilling, 0);
        }
    }

    private SpareSandbox Create()
    {
        var address = PreparedNames;
        ResolverSockets? names = null;
        var made = NetworkNamespace.Create(NewPath(), () =>
        {
            Initialise();
            names = address is not null ? ResolverSockets.Open(address, replaces: false) : null;
        }, host.Threads);
        return new SpareSandbox(made, names);
    }

    private SpareSandbox Create(UserMapping users)
    {
        var path = NewPath();
        var usersPath = path + "-users";
        return new SpareSandbox(NetworkNamespace.CreateOwned(path, usersPath, users, Initialise, host.Threads), null, usersPath);
    }

    private string NewPath() => Path.Combine(directory, RandomNumberGenerator.GetHexString(12, lowercase: true));

    private static void Initialise()
    {
        using var routes = RouteSocket.Open();
        routes.Execute(static batch => batch.SetUp("lo"));

        // Interfaces speak IPv6 only where their network does; low ports and ping need no privilege inside.
        KernelSetting.Write("net/ipv6/conf/default/disable_ipv6", "1");
        KernelSetting.Write("net/ipv6/conf/default/accept_ra", "0");
        KernelSetting.Write("net/ipv4/conf/all/accept_redirects", "0");
        KernelSetting.Write("net/ipv4/conf/default/accept_redirects", "0");
        KernelSetting.Write("net/ipv6/conf/default/accept_redirects", "0");
        KernelSetting.Write("net/ipv4/ip_unprivileged_port_start", "0");
        KernelSetting.Write("net/ipv4/ping_group_range", "0\t2147483647");
    }

    [LoggerMessage(4020, LogLevel.Warning, "No spare network namespace could be made: {Reason}")]
    private partial void LogFailed(string reason);
}
