using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Dialects.Http.Access;
using Naru.Dialects.Http.Routing;

namespace Naru.Dialects.Docker.Http;

/// <summary>What answers one route.</summary>
internal delegate Task DockerHandler(DockerCall call);

/// <summary>One request: its parameters as Go's server reads them, and the ways to answer it.</summary>
internal sealed class DockerCall(HttpContext http, RouteValues values, ApiVersion version)
{
    /// <summary>What ends a line of a stream.</summary>
    public static readonly ReadOnlyMemory<byte> LineFeed = "\n"u8.ToArray();

    /// <summary>What ends a line of a progress stream.</summary>
    public static readonly ReadOnlyMemory<byte> ReturnAndLineFeed = "\r\n"u8.ToArray();

    /// <summary>No JSON body of this API is near this; beyond it is not read.</summary>
    private const int MaximumJsonBytes = 16 * 1024 * 1024;

    public HttpContext Http { get; } = http;

    public ApiVersion Version { get; } = version;

    public SocketAccessPolicy Access { get; } = http.AccessPolicy();

    /// <summary>The value of the path's first place: an id or a name.</summary>
    public string Name => values.First ?? "";

    /// <summary>Cancelled when the client has gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var found) && found.Count > 0 ? found[0] : null;

    public string[] QueryAll(string name) => Http.Request.Query.TryGetValue(name, out var found) ? [.. found.OfType<string>()] : [];

    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var found) && found.Count > 0 ? found[0] : null;

    /// <summary>Everything but nothing, 0, no, false and none counts as true.</summary>
    public bool Flag(string name, bool otherwise = false)
    {
        var text = Query(name);
        return text is null ? otherwise : IsTrue(text);
    }

    public static bool IsTrue(string text) => text.Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none");

    /// <exception cref="DockerException">400: not a number.</exception>
    public long? Number(string name)
    {
        var text = Query(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw DockerException.BadRequest($"strconv.Atoi: parsing \"{text}\": invalid syntax");
    }

    public Filters Filters() => Docker.Http.Filters.Parse(Query("filters"));

    /// <summary>Reads the body as JSON; null when there is none.</summary>
    /// <exception cref="DockerException">400: not JSON, wrong types, more than one value, another content type, or far too long.</exception>
    public async Task<T?> ReadJsonAsync<T>() where T : class
    {
        var request = Http.Request;
        if (request.ContentLength is 0 || Http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }
        using var body = new MemoryStream(request.ContentLength is > 0 and < MaximumJsonBytes ? (int)request.ContentLength.Value : 512);
        await CopyLimitedAsync(request.Body, body);
        var bytes = new ReadOnlySpan<byte>(body.GetBuffer(), 0, (int)body.Length);
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
        {
            return null;
        }
        CheckContentType(request.ContentType);
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
            var value = JsonSerializer.Deserialize(ref reader, DockerJson.Reading.TypeOf<T>());
            return bytes[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty
                ? value
                : throw DockerException.BadRequest("unexpected content after JSON");
        }
        catch (JsonException failure)
        {
            throw DockerException.BadRequest(Explain(failure, bytes.Length));
        }
    }

    /// <summary>As <see cref="ReadJsonAsync{T}"/>, but nothing is refused too.</summary>
    public async Task<T> RequireJsonAsync<T>() where T : class =>
        await ReadJsonAsync<T>() ?? throw DockerException.BadRequest("invalid JSON: got EOF while reading request body");

    /// <summary>The body as a stream; refuses none.</summary>
    public Stream Body => Http.Request.Body;

    /// <summary>Answers with JSON in the shape of the version asked for.</summary>
    public Task JsonAsync<T>(int status, T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, DockerJson.Writing(Version).TypeOf<T>());
        var response = Http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length + 1;
        var writer = response.BodyWriter;
        writer.Write(bytes);
        writer.Write("\n"u8);
        return writer.FlushAsync(Aborted).AsTask();
    }

    public Task JsonAsync<T>(T value) => JsonAsync(StatusCodes.Status200OK, value);

    /// <summary>Answers without a body.</summary>
    public Task EmptyAsync(int status)
    {
        Http.Response.StatusCode = status;
        if (status is not (204 or 304))
        {
            Http.Response.ContentLength = 0;
        }
        return Task.CompletedTask;
    }

    /// <summary>Begins a stream: the status and the headers reach the client at once.</summary>
    public async Task StreamAsync(string contentType)
    {
        Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Http.Response.StatusCode = StatusCodes.Status200OK;
        Http.Response.ContentType = contentType;
        await Http.Response.StartAsync(Aborted);
        await Http.Response.BodyWriter.FlushAsync(Aborted);
    }

    /// <summary>Writes one object of a stream in one piece and sends it.</summary>
    /// <param name="value">The object.</param>
    /// <param name="end">What stands behind it.</param>
    /// <param name="start">A byte before it; null: none.</param>
    public async Task LineAsync<T>(T value, ReadOnlyMemory<byte> end, byte? start = null)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, DockerJson.Writing(Version).TypeOf<T>());
        var writer = Http.Response.BodyWriter;
        if (start is { } mark)
        {
            writer.Write([mark]);
        }
        writer.Write(bytes);
        writer.Write(end.Span);
        if ((await writer.FlushAsync(Aborted)).IsCompleted)
        {
            throw new OperationCanceledException("The client has gone.", Aborted);
        }
    }

    private async Task CopyLimitedAsync(Stream from, MemoryStream to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, Aborted)) > 0)
            {
                if (to.Length + count > MaximumJsonBytes)
                {
                    throw DockerException.BadRequest($"invalid JSON: request body is larger than {MaximumJsonBytes} bytes");
                }
                to.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CheckContentType(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return;
        }
        var end = contentType.IndexOf(';');
        var media = (end < 0 ? contentType : contentType[..end]).Trim();
        if (!media.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw DockerException.BadRequest($"unsupported Content-Type header ({contentType}): must be 'application/json'");
        }
    }

    private static string Explain(JsonException failure, int length)
    {
        if (failure.Message.StartsWith("cannot unmarshal", StringComparison.Ordinal))
        {
            var place = string.IsNullOrEmpty(failure.Path) || failure.Path == "$" ? "" : $" (field {failure.Path[2..]})";
            var end = failure.Message.IndexOf(" Path:", StringComparison.Ordinal);
            return $"invalid JSON: json: {(end < 0 ? failure.Message : failure.Message[..end].TrimEnd('.'))}{place}";
        }
        if (failure.InnerException is null || failure.BytePositionInLine is null)
        {
            return $"invalid JSON: json: cannot unmarshal field {failure.Path?.TrimStart('$', '.')}";
        }
        return failure.Message.Contains("Expected depth", StringComparison.Ordinal) || failure.Message.Contains("end of data", StringComparison.Ordinal) || failure.BytePositionInLine >= length
            ? "invalid JSON: unexpected EOF"
            : $"invalid JSON: invalid character at offset {failure.BytePositionInLine} of line {failure.LineNumber + 1}";
    }
}
