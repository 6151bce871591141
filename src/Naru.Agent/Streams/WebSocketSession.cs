using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Threading.Channels;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>A joined process over a WebSocket: each message begins with the number of its channel (v4 and v5 of channel.k8s.io, plain or base64).</summary>
internal sealed class WebSocketSession : IRemoteSession
{
    /// <summary>Protocols that are spoken, the best first.</summary>
    public static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io"];

    private const byte InputChannel = 0;
    private const byte StatusChannel = 3;
    private const byte SizeChannel = 4;
    private const byte CloseSignal = 255;

    private readonly WebSocket _socket;
    private readonly bool _base64;
    private readonly bool _plainStatus;
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _left = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Stream _reader;
    private readonly Task _receiving;

    public WebSocketSession(WebSocket socket, string? protocol)
    {
        _socket = socket;
        _base64 = protocol?.Contains("base64", StringComparison.Ordinal) == true;
        _plainStatus = protocol is null or "channel.k8s.io" or "base64.channel.k8s.io";
        _reader = _input.Reader.AsStream();
        Left = _left.Token;
        _receiving = ReceiveAsync();
    }

    public CancellationToken Left { get; }

    public ChannelReader<TerminalSize> Sizes => _sizes.Reader;

    /// <summary>Says that the channels are open: an empty message on the first that the client reads.</summary>
    public ValueTask OpenAsync(SessionWish wish, CancellationToken cancellationToken) =>
        SendAsync(wish.Output ? (byte)1 : wish.Error && !wish.Terminal ? (byte)2 : StatusChannel, default, cancellationToken);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _reader.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => SendAsync((byte)stream, bytes, cancellationToken);

    public async ValueTask FinishAsync(MapValue status, CancellationToken cancellationToken)
    {
        var succeeded = status.Text("status") == "Success";
        if (!_plainStatus)
        {
            await SendAsync(StatusChannel, JsonText.ToBytes(status), cancellationToken);
        }
        else if (!succeeded)
        {
            await SendAsync(StatusChannel, System.Text.Encoding.UTF8.GetBytes(status.Text("message") ?? ""), cancellationToken);
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        _socket.Dispose();
        await _receiving;
        _left.Dispose();
        _sending.Dispose();
    }

    private async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] message = _base64
            ? [(byte)('0' + channel), .. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes.Span))]
            : [channel, .. bytes.Span];
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, _base64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var (count, ended) = await MessageAsync(buffer);
                if (ended)
                {
                    return;
                }

                if (count > 0)
                {
                    await TakeAsync(buffer.AsMemory(0, count));
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or NaruException or FormatException or ObjectDisposedException)
        {
            // The client left, or spoke nonsense: either way it is gone.
        }
        finally
        {
            await _input.Writer.CompleteAsync();
            _sizes.Writer.TryComplete();
            if (!_left.IsCancellationRequested)
            {
                await _left.CancelAsync();
            }
        }
    }

    private async ValueTask<(int Count, bool Ended)> MessageAsync(byte[] buffer)
    {
        var count = 0;
        while (true)
        {
            var piece = await _socket.ReceiveAsync(buffer.AsMemory(count), _left.Token);
            count += piece.Count;
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                return (0, true);
            }

            if (piece.EndOfMessage)
            {
                return (count, false);
            }

            if (count == buffer.Length)
            {
                // A long message to the input may come in parts; each is handed on with the channel's number in front.
                await TakeAsync(buffer.AsMemory(0, count));
                count = 1;
            }
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> message)
    {
        var channel = _base64 ? (byte)(message.Span[0] - '0') : message.Span[0];
        var bytes = _base64 ? Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(message.Span[1..])) : message[1..];
        if (channel == CloseSignal && bytes.Length > 0 && bytes.Span[0] == InputChannel)
        {
            await _input.Writer.CompleteAsync();
        }
        else if (channel == InputChannel && bytes.Length > 0)
        {
            await _input.Writer.WriteAsync(bytes, _left.Token);
        }
        else if (channel == SizeChannel && TerminalSizes.Read(bytes.Span) is { } size)
        {
            _sizes.Writer.TryWrite(size);
        }
    }
}
