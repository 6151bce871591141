using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Backends;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Proxying;

/// <summary>Sends copies of requests whose answers nobody sees. A copy is never waited for; at most so many are under way, and bodies are copied up to a bound: what is beyond is not mirrored.</summary>
internal sealed partial class MirrorSender(UpstreamClients clients, TimeProvider time, ILogger<MirrorSender> logger) : IAsyncDisposable
{
    private const int MostBody = 256 << 10;
    private const int MostRunning = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Copies the request for the mirrors that are drawn; the original goes on with its whole body.</summary>
    public async Task CopyAsync(Exchange exchange, ImmutableArray<Mirror> mirrors)
    {
#pragma warning disable CA5394 // Which requests are copied is no secret.
        var drawn = mirrors.Where(static one => Random.Shared.Next(one.Denominator) < one.Numerator).ToList();
#pragma warning restore CA5394
        if (drawn.Count == 0 || exchange.Http.Request.ContentLength > MostBody)
        {
            return;
        }

        var request = exchange.Http.Request;
        var body = new byte[MostBody];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, exchange.Http.RequestAborted);
        request.Body = new JoinedStream(body.AsMemory(0, length), request.Body);
        if (length == body.Length)
        {
            return;
        }

        foreach (var mirror in drawn)
        {
            if (mirror.Backend.Pick(time) is { } endpoint)
            {
                Start(SendAsync(Copy(exchange, endpoint, body.AsMemory(0, length))));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Task[] left;
        lock (_running)
        {
            left = [.. _running];
        }

        await Task.WhenAll(left);
        _end.Dispose();
    }

    private static HttpRequestMessage Copy(Exchange exchange, Endpoint endpoint, ReadOnlyMemory<byte> body)
    {
        var request = exchange.Http.Request;
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), $"http://{endpoint.Authority}{exchange.Target}") { Content = body.IsEmpty ? null : new ReadOnlyMemoryContent(body) };
        foreach (var (name, values) in request.Headers)
        {
            if (!Hop(name) && !copy.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        copy.Headers.Host = exchange.HostHeader;
        return copy;
    }

    private static bool Hop(string name) => name.Equals("Connection", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':');

    private void Start(Task sending)
    {
        lock (_running)
        {
            _running.RemoveWhere(static task => task.IsCompleted);
            _running.Add(sending);
        }
    }

    private async Task SendAsync(HttpRequestMessage copy)
    {
        await Task.Yield();
        using var own = copy;
        int running;
        lock (_running)
        {
            running = _running.Count;
        }

        if (running > MostRunning)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _end.Token);
            using var answer = await clients.For(BackendProtocol.Http, ForwardLimits.Default.Connect).SendAsync(copy, both.Token);
            await answer.Content.CopyToAsync(Stream.Null, both.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            LogFailed(copy.RequestUri?.Authority ?? "", exception.Message);
        }
    }

    [LoggerMessage(18003, LogLevel.Debug, "A copy for {Endpoint} did not arrive: {Reason}")]
    private partial void LogFailed(string endpoint, string reason);
}
