using System.Text;
using System.Threading.Channels;
using Naru.Agent.Streams.Spdy;
using Naru.Core.Containers;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>A joined process over SPDY/3.1: a stream for each of input, output, error, sizes and the final status.</summary>
internal sealed class SpdySession : IRemoteSession
{
    /// <summary>Protocols that are spoken, the best first.</summary>
    public static readonly string[] Protocols = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Stream _transport;
    private readonly SpdyConnection _connection;
    private readonly string _protocol;
    private readonly CancellationTokenSource _left = new();
    private readonly Dictionary<string, SpdyStream> _streams = new(StringComparer.Ordinal);
    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task _running;
    private Task _sizing = Task.CompletedTask;
    private Stream? _input;

    public SpdySession(Stream transport, string protocol)
    {
        (_transport, _protocol, _connection) = (transport, protocol, new SpdyConnection(transport));
        Left = _left.Token;
        _running = RunAsync();
    }

    public CancellationToken Left { get; }

    public ChannelReader<TerminalSize> Sizes => _sizes.Reader;

    /// <summary>Waits until the client has opened what it wants.</summary>
    public async Task OpenAsync(SessionWish wish, TimeProvider time, CancellationToken cancellationToken)
    {
        var resizes = wish.Terminal && _protocol is "v4.channel.k8s.io" or "v3.channel.k8s.io";
        var expected = 1 + (wish.Input ? 1 : 0) + (wish.Output ? 1 : 0) + (wish.Error && !wish.Terminal ? 1 : 0) + (resizes && wish.Terminal ? 1 : 0);
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (_streams.Count < expected)
        {
            var stream = await _connection.Opened.ReadAsync(both.Token);
            _streams[stream.Kind] = stream;
        }

        _input = _streams.GetValueOrDefault("stdin")?.Reader.AsStream();
        _sizing = _streams.TryGetValue("resize", out var sizes) ? ReadSizesAsync(sizes) : Task.CompletedTask;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _input?.ReadAsync(buffer, cancellationToken) ?? ValueTask.FromResult(0);

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _streams.GetValueOrDefault(stream == OutputStream.Error ? "stderr" : "stdout")?.WriteAsync(bytes, cancellationToken) ?? ValueTask.CompletedTask;

    public async ValueTask FinishAsync(MapValue status, CancellationToken cancellationToken)
    {
        if (_streams.TryGetValue("error", out var error))
        {
            if (_protocol == "v4.channel.k8s.io")
            {
                await error.WriteAsync(JsonText.ToBytes(status), cancellationToken);
            }
            else if (status.Text("status") != "Success")
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes(status.Text("message") ?? ""), cancellationToken);
            }
        }

        foreach (var stream in _streams.Values)
        {
            await stream.FinishAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The client has what was sent before it sees the end.
        await _running.WaitAsync(TimeSpan.FromSeconds(1), TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _left.CancelAsync();
        await _transport.DisposeAsync();
        await _running;
        await _sizing;
        _connection.Dispose();
        _left.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await _connection.RunAsync(_left.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client left.
        }
        finally
        {
            _sizes.Writer.TryComplete();
            if (!_left.IsCancellationRequested)
            {
                await _left.CancelAsync();
            }
        }
    }

    private async Task ReadSizesAsync(SpdyStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream.Reader.AsStream());
            while (await reader.ReadLineAsync(_left.Token) is { } line)
            {
                if (TerminalSizes.Read(Encoding.UTF8.GetBytes(line)) is { } size)
                {
                    _sizes.Writer.TryWrite(size);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The client left.
        }
    }
}
