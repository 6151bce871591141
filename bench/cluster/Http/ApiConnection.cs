using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Naru.Cluster.Bench.Http;

/// <summary>One connection, one request at a time, HTTP/1.1 by hand: the load shares the machine with the server, so it has to cost as little as can be.</summary>
internal sealed class ApiConnection : IDisposable
{
    private readonly Kubeconfig _config;
    private readonly Stream _stream;
    private readonly Socket _socket;
    private readonly ArrayBufferWriter<byte> _request = new(8192);
    private readonly ChunkedBody _body;

    private ApiConnection(Kubeconfig config, Stream stream, Socket socket)
    {
        _config = config;
        _stream = stream;
        _socket = socket;
        _body = new ChunkedBody(stream);
    }

    public static async Task<ApiConnection> OpenAsync(Kubeconfig config, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(config.Server.Host, config.Server.Port, cancellationToken);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (config.Server.Scheme != "https")
        {
            return new ApiConnection(config, plain, socket);
        }

        var secure = new SslStream(new ReadAhead(plain));
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = config.Server.Host,
            ClientCertificates = config.Client is null ? null : [config.Client],
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None || IsKnown(config, certificate),
        }, cancellationToken);
        return new ApiConnection(config, secure, socket);
    }

    /// <summary>Sends a request and reads the whole answer, which stands until the next request.</summary>
    public async ValueTask<(int Code, ReadOnlyMemory<byte> Body)> SendAsync(string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, string type = "application/json")
    {
        await WriteAsync(method, path, body, type, cancellationToken);
        var code = await _body.ReadHeadAsync(cancellationToken);
        return (code, await _body.ReadAllAsync(cancellationToken));
    }

    /// <summary>As <see cref="SendAsync"/>; an answer that is no success is the end of the run.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> DoAsync(string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, string type = "application/json", int allowed = 200)
    {
        var (code, answer) = await SendAsync(method, path, body, cancellationToken, type);
        return code is >= 200 and < 300 || code == allowed
            ? answer
            : throw new InvalidOperationException($"{method} {path}: {code} {Encoding.UTF8.GetString(answer.Span[..Math.Min(answer.Length, 500)])}");
    }

    /// <summary>Sends a request whose answer is a stream without end.</summary>
    public async ValueTask<ChunkedBody> WatchAsync(string path, CancellationToken cancellationToken, string accept = "application/json")
    {
        await WriteAsync("GET", path, default, "", cancellationToken, accept);
        var code = await _body.ReadHeadAsync(cancellationToken);
        return code == 200 ? _body : throw new InvalidOperationException($"GET {path}: {code}");
    }

    /// <summary>Takes what comes from now on and throws it away, undeciphered: a client that costs next to nothing. Until the token ends it.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await _socket.ReceiveAsync(buffer, cancellationToken) > 0)
        {
        }

        throw new IOException("the server closed the connection");
    }

    public void Dispose() => _stream.Dispose();

    private ValueTask WriteAsync(string method, string path, ReadOnlyMemory<byte> body, string type, CancellationToken cancellationToken, string accept = "application/json")
    {
        _request.ResetWrittenCount();
        Add(method);
        Add(" ");
        Add(path);
        Add(" HTTP/1.1\r\nHost: ");
        Add(_config.Server.Authority);
        Add("\r\nUser-Agent: naru-bench/1\r\nAccept: ");
        Add(accept);
        Add("\r\n");
        if (_config.Token is { } token)
        {
            Add($"Authorization: Bearer {token}\r\n");
        }

        if (type.Length > 0 && !body.IsEmpty)
        {
            Add("Content-Type: ");
            Add(type);
            Add(string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {body.Length}\r\n"));
        }

        Add("\r\n");
        _request.Write(body.Span);
        return _stream.WriteAsync(_request.WrittenMemory, cancellationToken);
    }

    private void Add(string text) => _request.Advance(Encoding.ASCII.GetBytes(text, _request.GetSpan(text.Length)));

    private static bool IsKnown(Kubeconfig config, X509Certificate? certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(config.Authority ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is X509Certificate2 known && chain.Build(known);
    }
}
