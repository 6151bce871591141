using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Naru.Commands;
using Naru.Configuration;

namespace Naru.Administration;

/// <summary>Speaks to the naru that runs at a run directory, over its administration socket.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly string _runDirectory;
    private readonly HttpClient _http;

    public AdminClient(NaruOptions options)
        : this(options.RunDirectory, options.AdminSocket)
    {
    }

    private AdminClient(string runDirectory, string socket)
    {
        _runDirectory = runDirectory;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken), UseProxy = false })
        {
            BaseAddress = new Uri("http://naru/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>A client of the Docker API's socket of the same instance.</summary>
    public static AdminClient ForDocker(NaruOptions options) => new(options.RunDirectory, options.DockerSocket);

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request and gives the JSON answer; null when it has none.</summary>
    /// <exception cref="CommandFailure">Nothing answers there, or it answers with an error.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        }

        using var response = await SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Opens the body of a GET as a stream.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var response = await SendAsync(request, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>Whether anything answers.</summary>
    public async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new CommandFailure(ExitCodes.Failure, $"no permission to use the sockets in {_runDirectory}; run as root");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError || exception.InnerException is SocketException)
        {
            throw new CommandFailure(ExitCodes.NotRunning, $"no naru answers at {_runDirectory}; start one with 'naru up' or name its directory with --run-dir");
        }

        if (response.StatusCode < HttpStatusCode.BadRequest)
        {
            return response;
        }

        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new CommandFailure(ExitCodes.Failure, MessageOf(text) ?? $"naru answered {(int)response.StatusCode}");
        }
    }

    private static string? MessageOf(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["message"]?.GetValue<string>();
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
