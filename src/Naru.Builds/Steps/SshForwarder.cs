using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>Listens on sockets that stand for the caller's SSH agent.</summary>
internal sealed partial class SshForwarder(ILogger<SshForwarder> logger)
{
    public IAsyncDisposable Listen(string path, IBuildSession session, RunMount mount)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            using (var root = RootedDirectory.Open(Path.GetDirectoryName(path)!))
            {
                root.ChangeOwner(Path.GetFileName(path), mount.User, mount.Group);
            }

            File.SetUnixFileMode(path, (UnixFileMode)(mount.Mode ?? 0x180));
            socket.Listen(16);
            return new Listener(this, socket, session, mount.Id);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly SshForwarder _forwarder;
        private readonly Socket _socket;
        private readonly Task _loop;

        public Listener(SshForwarder forwarder, Socket socket, IBuildSession session, string id)
        {
            (_forwarder, _socket) = (forwarder, socket);
            _loop = AcceptAsync(session, id);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop;
            _socket.Dispose();
            _stop.Dispose();
        }

        private async Task AcceptAsync(IBuildSession session, string id)
        {
            var connections = new List<Task>();
            try
            {
                while (true)
                {
                    var connection = await _socket.AcceptAsync(_stop.Token);
                    connections.RemoveAll(c => c.IsCompleted);
                    connections.Add(ServeAsync(connection, session, id));
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                await Task.WhenAll(connections);
            }
        }

        private async Task ServeAsync(Socket connection, IBuildSession session, string id)
        {
            try
            {
                await using var stream = new NetworkStream(connection, ownsSocket: true);
                await session.ForwardSshAsync(id, stream, _stop.Token);
            }
            catch (Exception problem)
            {
                // A supervisor: one broken connection of a command must not end the others.
                _forwarder.LogBroken(id, problem.Message);
            }
        }
    }

    [LoggerMessage(5010, LogLevel.Debug, "Connection to the SSH agent {Id} ended: {Problem}")]
    private partial void LogBroken(string id, string problem);
}
