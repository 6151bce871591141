using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Naru.Testing.Running;

/// <summary>The answer of an engine: its status and its body as text.</summary>
public sealed record EngineAnswer(int Status, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException("null");

    /// <summary>The text of docker's error form.</summary>
    public string Message => JsonNode.Parse(Body)?["message"]?.GetValue<string>() ?? "";

    public override string ToString() => $"{Status} {Body}";
}

/// <summary>A plain HTTP client on an engine's unix socket, and a raw one for requests that no client would send.</summary>
public sealed class EngineClient : IDisposable
{
    private readonly string _socketPath;
    private readonly HttpClient _http;

    public EngineClient(string socketPath)
    {
        _socketPath = socketPath;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, token) => await ConnectAsync(token) })
        {
            BaseAddress = new Uri("http://engine"),
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    public HttpClient Http => _http;

    public Task<EngineAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<EngineAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<EngineAnswer> PostAsync(string path, JsonNode? body = null) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public async Task<EngineAnswer> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request);
        return new EngineAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends bytes as they are, closes the sending half, and returns everything that came back.</summary>
    public async Task<string> RawAsync(string request, TimeSpan? limit = null)
    {
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        await using var stream = await ConnectAsync(timeout.Token);
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), timeout.Token);
            stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // It has heard enough before it was told everything; what it says to that can still be read.
        }

        try
        {
            await stream.CopyToAsync(answer, timeout.Token);
        }
        catch (IOException)
        {
            // It left while there was more to hear, which cuts the connection: what came before that is its answer.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    public async Task<string> CreateAsync(string image, string[] command, JsonObject? also = null, string? name = null)
    {
        var body = also ?? [];
        body["Image"] = image;
        body["Cmd"] = new JsonArray(command.Select(word => (JsonNode)word).ToArray());
        var answer = await PostAsync("/containers/create" + (name is null ? "" : "?name=" + name), body);
        return answer.Status == 201 ? answer.Json["Id"]!.GetValue<string>() : throw new InvalidOperationException($"create: {answer.Status} {answer.Body}");
    }

    public async Task RemoveAllContainersAsync()
    {
        var list = await GetAsync("/containers/json?all=1");
        foreach (var container in list.Json.AsArray())
        {
            await DeleteAsync($"/containers/{container!["Id"]}?force=1&v=1");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<NetworkStream> ConnectAsync(CancellationToken token)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
