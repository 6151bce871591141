using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Naru.Traffic.Names;

/// <summary>
/// Asks other name servers, from the host's network (so that servers on the host's loopback work). A server that does not answer is passed
/// over for a while: the next question fails at once instead of waiting again.
/// </summary>
internal sealed class Forwarder(HostSide host, AnswerCache cache, TimeSpan timeout, TimeProvider clock)
{
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<IPEndPoint, long> _silentUntil = new();

    /// <summary>The answer with the question's own id; null when no server gave one.</summary>
    internal async Task<byte[]?> ForwardAsync(IReadOnlyList<IPEndPoint> servers, ReadOnlyMemory<byte> question, bool overUdp, CancellationToken cancellationToken)
    {
        var key = AnswerCache.Key(question.Span, overUdp);
        if (cache.Find(key, question.Span) is { } kept)
        {
            return kept;
        }

        byte[]? failure = null;
        foreach (var server in servers)
        {
            if (_silentUntil.TryGetValue(server, out var until) && until > clock.GetTimestamp())
            {
                continue;
            }

            var answer = await AskAsync(server, question, overUdp, cancellationToken);
            if (answer is null)
            {
                _silentUntil[server] = clock.GetTimestamp() + (long)(SilentFor.TotalSeconds * clock.TimestampFrequency);
                continue;
            }

            _silentUntil.TryRemove(server, out _);
            question.Span[..2].CopyTo(answer);
            if ((answer[3] & 0x0f) is DnsAnswer.ServerFailure or DnsAnswer.Refused)
            {
                failure ??= answer;
                continue;
            }

            cache.Keep(key, answer);
            return answer;
        }

        return failure;
    }

    private async Task<byte[]?> AskAsync(IPEndPoint server, ReadOnlyMemory<byte> question, bool overUdp, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // An id of our own: what comes back must match it, and a fresh port each time.
            byte[] asked = [.. question.Span];
            RandomNumberGenerator.Fill(asked.AsSpan(0, 2));
            using var socket = host.Run(() => overUdp ? new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(server, either.Token);
            return overUdp ? await AskDatagramAsync(socket, asked, either.Token) : await AskStreamAsync(socket, asked, either.Token);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<byte[]> AskDatagramAsync(Socket socket, byte[] asked, CancellationToken cancellationToken)
    {
        await socket.SendAsync(asked, cancellationToken);
        var buffer = new byte[4096];
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            if (IsAnswerTo(buffer.AsSpan(0, count), asked))
            {
                return buffer[..count];
            }
        }
    }

    private static async Task<byte[]?> AskStreamAsync(Socket socket, byte[] asked, CancellationToken cancellationToken)
    {
        var framed = new byte[asked.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)asked.Length);
        asked.CopyTo(framed, 2);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(framed, cancellationToken);
        try
        {
            var header = new byte[2];
            await stream.ReadExactlyAsync(header, cancellationToken);
            var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
            await stream.ReadExactlyAsync(answer, cancellationToken);
            return IsAnswerTo(answer, asked) ? answer : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsAnswerTo(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> asked) =>
        answer.Length >= DnsQuestion.HeaderLength && answer[..2].SequenceEqual(asked[..2]) && (answer[2] & 0x80) != 0;
}
