using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Dialects.Http.Access;

namespace Naru.Sockets;

/// <summary>
/// The limited sockets of this instance. They may come and go while the web server runs, which the server's own listeners cannot:
/// each socket is bound here, and its connections reach the server through the one <see cref="LimitedSocketListener"/>.
/// </summary>
internal sealed partial class LimitedSockets(
    LimitedSocketStore store, EngineDirectories directories, SocketTransportFactory transport, ILogger<LimitedSockets> logger) : IAsyncDisposable
{
    private const int LongestName = 32;
    private readonly ConcurrentDictionary<string, OpenSocket> _open = new();
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>Takes the accepted connections to the web server.</summary>
    public LimitedSocketListener Listener { get; } = new();

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<LimitedSocket> List() => [.. _open.Values.Select(open => open.Socket).OrderBy(socket => socket.Name, StringComparer.Ordinal)];

    /// <summary>Where a socket's file lies.</summary>
    public string PathOf(string name) => directories.RunPath("sockets", name + ".sock");

    /// <summary>Opens the stored sockets.</summary>
    public async Task OpenAllAsync(CancellationToken cancellationToken)
    {
        var directory = directories.RunPath("sockets");
        Directory.CreateDirectory(directory);
        foreach (var socket in store.Load())
        {
            await OpenAsync(socket, cancellationToken);
        }
    }

    /// <summary>Stores and opens a socket.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: the name breaks the rule, or nothing is limited;
    /// <see cref="ErrorKind.AlreadyExists"/>: there is one of that name.</exception>
    public async Task CreateAsync(LimitedSocket socket, CancellationToken cancellationToken)
    {
        Check(socket);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_open.ContainsKey(socket.Name))
            {
                throw new NaruException(ErrorKind.AlreadyExists, $"socket \"{socket.Name}\" exists already");
            }

            store.Save(socket);
            await OpenAsync(socket, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Closes a socket and forgets it. Connections that are open go on.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (!_open.TryRemove(name, out var open))
            {
                throw NaruException.NotFound($"no such socket: {name}");
            }

            store.Delete(name);
            await CloseAsync(open);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open.Values)
        {
            await CloseAsync(open);
        }

        _open.Clear();
        _changing.Dispose();
    }

    internal static void Check(LimitedSocket socket)
    {
        if (socket.Name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(socket.Name[0]) || !socket.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw NaruException.Invalid($"socket name \"{socket.Name}\" must be 1 to {LongestName} lower-case letters, digits and hyphens");
        }

        if (socket.ToPolicy().IsFull)
        {
            throw NaruException.Invalid($"socket \"{socket.Name}\" would limit nothing: give --read-only, --no-privileged or --label");
        }

        if (socket.BindRoots.FirstOrDefault(path => !Path.IsPathFullyQualified(path)) is { } wrong)
        {
            throw NaruException.Invalid($"bind root \"{wrong}\" must be an absolute path");
        }
    }

    private async Task OpenAsync(LimitedSocket socket, CancellationToken cancellationToken)
    {
        var path = PathOf(socket.Name);
        File.Delete(path);
        var listener = await transport.BindAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        SocketFiles.Allow(path, socket.UserId, group: 0);
        var stop = new CancellationTokenSource();
        _open[socket.Name] = new OpenSocket(socket, listener, stop, AcceptAsync(socket, listener, stop.Token));
    }

    private async Task AcceptAsync(LimitedSocket socket, IConnectionListener listener, CancellationToken cancellationToken)
    {
        var access = new Access(socket.ToPolicy());
        try
        {
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
            {
                connection.Features.Set<ISocketAccess>(access);
                await Listener.HandOverAsync(connection, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The socket is being removed or naru stops.
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            LogAcceptFailed(exception, socket.Name);
        }
    }

    private async Task CloseAsync(OpenSocket open)
    {
        await open.Stop.CancelAsync();
        await open.Listener.UnbindAsync();
        await open.Accepting;
        await open.Listener.DisposeAsync();
        open.Stop.Dispose();
        File.Delete(PathOf(open.Socket.Name));
    }

    private sealed record OpenSocket(LimitedSocket Socket, IConnectionListener Listener, CancellationTokenSource Stop, Task Accepting);

    private sealed record Access(SocketAccessPolicy Policy) : ISocketAccess;

    [LoggerMessage(8010, LogLevel.Error, "Socket {Socket} takes no more connections")]
    private partial void LogAcceptFailed(Exception exception, string socket);
}
