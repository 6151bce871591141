using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Naru.Ingress.Lean;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;
using Naru.Linux.Sockets;

namespace Naru.Ingress.Direct;

/// <summary>A client whose requests are read from its socket, and answered there, without the web server between.</summary>
internal sealed class DirectClient : ILeanClient, IDisposable
{
    /// <summary>Heads that are longer are not plain.</summary>
    private const int InputSize = 4 << 10;

    private readonly ReadySocket _socket;
    private readonly Patience _patience;
    private readonly ClientWords _words;
    private readonly HeadBytes _output = new();
    private readonly AnswerWriter _answer;
    private byte[] _input = [];
    private int _start;
    private int _end;
    private LeanConnection? _endpoint;
    private volatile bool _gone;
    private volatile bool _closing;
    private int _resting;

    public DirectClient(ReadySocket socket, PortFacts port, IPAddress address, TimeProvider time)
    {
        _socket = socket;
        _answer = new AnswerWriter(_output, time);
        _words = new ClientWords(port, address);
        _patience = new Patience(time, socket.Dispose);
        socket.Ended = OnEnded;
    }

    /// <summary>What came and was not taken yet.</summary>
    public ReadOnlySpan<byte> Received => _input.AsSpan(_start, _end - _start);

    /// <summary>The answer's code; of use when it has begun.</summary>
    public int Code => _answer.Code;

    /// <summary>Whether bytes of the answer were sent.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether no further request is wanted.</summary>
    public bool IsClosing => _closing;

    public bool WantsHeadOnly { get; private set; }

    public bool IsGone => _gone;

    /// <summary>Waits for more; 0 at the end.</summary>
    /// <param name="limit">How long the connection may rest.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> FillAsync(TimeSpan limit)
    {
        if (_input.Length == 0)
        {
            _input = ArrayPool<byte>.Shared.Rent(InputSize);
        }

        (_start, _end) = (0, 0);
        _patience.Set(limit);
        Interlocked.Exchange(ref _resting, 1);
        if (_closing && Interlocked.Exchange(ref _resting, 0) == 1)
        {
            return 0;
        }

        var count = await _socket.ReceiveAsync(_input);
        if (Interlocked.Exchange(ref _resting, 0) == 0)
        {
            return 0;
        }

        _patience.Lift();
        _end = count;
        return count;
    }

    /// <summary>Begins with a request: writes the head for the endpoint.</summary>
    /// <param name="head">The request.</param>
    /// <param name="host">What the endpoint sees as its host; null: what the client named.</param>
    /// <exception cref="InvalidDataException">A value would break out of its line.</exception>
    public void Ask(in PlainHead head, string? host)
    {
        WantsHeadOnly = head.IsHead;
        HasStarted = false;
        _output.Truncate(0);
        _output.Add(head.IsHead ? "HEAD "u8 : "GET "u8);
        _output.Add(head.Target);
        _output.Add(" HTTP/1.1\r\nHost: "u8);
        if (host is null)
        {
            _output.Add(head.Host);
        }
        else
        {
            _output.Add(host);
        }

        _output.Add("\r\n"u8);
        head.WriteFields(_output);
        _output.Add(_words.Of(head.Host));
        _output.Add("\r\n"u8);
    }

    /// <summary>The request is done with: takes its bytes.</summary>
    public void Take(int count) => _start += count;

    /// <summary>Answers with a page.</summary>
    public async ValueTask AnswerAsync(int code, string reason)
    {
        var page = AnswerPages.PageOf(code, reason);
        Begin(code);
        Add("Content-Type"u8, null, "text/html; charset=utf-8"u8);
        _answer.EndHead(page.Length, isChunked: false, closes: _closing);
        if (!WantsHeadOnly)
        {
            _output.Add(page);
        }

        await SendAsync();
    }

    /// <summary>Ends the connection as soon as no request is under way.</summary>
    public void Close()
    {
        _closing = true;
        if (Interlocked.Exchange(ref _resting, 0) == 1)
        {
            _socket.Dispose();
        }
    }

    public ReadOnlyMemory<byte> WriteHead() => _output.Written;

    public void Watch(LeanConnection connection)
    {
        Volatile.Write(ref _endpoint, connection);
        if (_gone)
        {
            connection.Abort();
        }
    }

    public ValueTask UnwatchAsync()
    {
        Volatile.Write(ref _endpoint, null);
        return ValueTask.CompletedTask;
    }

    public void Begin(int code) => _answer.Begin(code);

    public void Add(ReadOnlySpan<byte> name, string? known, ReadOnlySpan<byte> value) => _answer.Add(name, known, value);

    public void Drop(IReadOnlyCollection<string> names) => _answer.Drop(names);

    public void Accept(ResponseHead head) => _answer.EndHead(head.ToldLength, isChunked: head.HasBody && head.ToldLength is null && !WantsHeadOnly, closes: _closing);

    public ValueTask StartAsync() => SendAsync();

    public Memory<byte> GetMemory(int size) => _answer.Room(size);

    public ValueTask AdvanceAsync(int count)
    {
        _answer.Advance(count);
        return SendAsync();
    }

    public ValueTask EndAsync()
    {
        _answer.End();
        return _output.IsEmpty ? ValueTask.CompletedTask : SendAsync();
    }

    public void Dispose()
    {
        _socket.Ended = null;
        _patience.Dispose();
        _output.Dispose();
        if (_input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = [];
        }
    }

    private async ValueTask SendAsync()
    {
        HasStarted = true;
        await _socket.SendAsync(_output.Written);
        _output.Truncate(0);
    }

    private void OnEnded()
    {
        _gone = true;
        Volatile.Read(ref _endpoint)?.Abort();
    }
}
