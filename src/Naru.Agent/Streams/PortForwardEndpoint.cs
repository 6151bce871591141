using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Streams.Spdy;
using Naru.Core.Errors;

namespace Naru.Agent.Streams;

/// <summary>Brings connections of clients to ports of pods: SPDY streams in pairs, one for data and one for errors, over SPDY itself or through a WebSocket.</summary>
internal sealed class PortForwardEndpoint(PodTable table, NodeIdentity identity)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunnel = "SPDY/3.1+portforward.k8s.io";

    public async Task HandleAsync(HttpContext context, PodView pod)
    {
        var sight = new PodSight { Pod = pod, Containers = table.Of(pod.Uid), Now = default };
        if (sight.Sandbox is not { IsLive: true })
        {
            throw NaruException.Invalid($"unable to do port forwarding: pod {pod.Name} is not running");
        }

        await using var transport = await OpenAsync(context);
        using var connection = new SpdyConnection(transport);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var running = connection.RunAsync(end.Token);
        var pairs = new PairTable();
        var forwards = new ConcurrentBag<Task>();
        await foreach (var stream in connection.Opened.ReadAllAsync(end.Token))
        {
            if (pairs.Add(stream) is { } pair)
            {
                forwards.Add(ForwardAsync(pair.Data, pair.Error, PodStatus.AddressOf(sight, identity.Addresses), end.Token));
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(forwards);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<Stream> OpenAsync(HttpContext context)
    {
        if (!UpgradeSocket.IsAsked(context))
        {
            return await SessionOpening.UpgradeSpdyAsync(context, Protocol);
        }

        var chosen = SessionOpening.Choose(UpgradeSocket.Offers(context), [Tunnel]);
        return new WebSocketBytes(await UpgradeSocket.AcceptAsync(context, chosen));
    }

    private static async Task ForwardAsync(SpdyStream data, SpdyStream error, string address, CancellationToken cancellationToken)
    {
        var port = int.Parse(data.Headers.GetValueOrDefault("port", "0"), CultureInfo.InvariantCulture);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address, port, cancellationToken);
            await using var there = new NetworkStream(socket);
            var sending = SendAsync(data, there, socket, cancellationToken);
            var buffer = new byte[32 * 1024];
            int count;
            while ((count = await there.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await data.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }

            await data.FinishAsync(cancellationToken);
            await error.FinishAsync(cancellationToken);
            data.Reader.CancelPendingRead();
            await sending;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            await TellAsync(data, error, $"error forwarding port {port} to pod: {failure.Message}", cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }
    }

    private static async Task TellAsync(SpdyStream data, SpdyStream error, string message, CancellationToken cancellationToken)
    {
        try
        {
            await error.WriteAsync(Encoding.UTF8.GetBytes(message), cancellationToken);
            await error.FinishAsync(cancellationToken);
            await data.FinishAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left.
        }
    }

    private static async Task SendAsync(SpdyStream data, NetworkStream there, Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await data.Reader.ReadAsync(cancellationToken);
                foreach (var part in read.Buffer)
                {
                    await there.WriteAsync(part, cancellationToken);
                }

                data.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    socket.Shutdown(SocketShutdown.Send);
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone; the other notices by itself.
        }
    }

    /// <summary>Streams that wait for their partner.</summary>
    private sealed class PairTable
    {
        private readonly Dictionary<string, SpdyStream> _waiting = new(StringComparer.Ordinal);

        public (SpdyStream Data, SpdyStream Error)? Add(SpdyStream stream)
        {
            // Old clients name no request: the streams come in turn, error first.
            var key = stream.Headers.GetValueOrDefault("requestid") ?? (stream.Kind == "error" ? stream.Id : stream.Id - 2).ToString(CultureInfo.InvariantCulture);
            if (!_waiting.Remove(key, out var other))
            {
                _waiting[key] = stream;
                return null;
            }

            return stream.Kind == "data" ? (stream, other) : (other, stream);
        }
    }
}
