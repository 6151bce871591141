using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>Hands a request on to another server and its answer back: bodies as they stream, upgrades (WebSocket, SPDY) as bytes both ways.</summary>
internal sealed class UpstreamForwarder(UpstreamConnections connections)
{
    private static readonly HashSet<string> OfOneHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length",
    };

    /// <summary>Forwards.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="upstream">The server.</param>
    /// <param name="pathAndQuery">Path and query there.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="rewrite">Brings a <c>Location</c> of the answer, and the links of a page, to what they are here; null leaves them.</param>
    /// <param name="refuses">A refusal there is told as a Status of ours.</param>
    public async Task ForwardAsync(
        Exchange exchange, Upstream upstream, string pathAndQuery, IEnumerable<KeyValuePair<string, string>>? headers = null, Func<string, string>? rewrite = null, bool refuses = false)
    {
        var http = exchange.Http;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // How much the other server takes is its own affair.
            size.MaxRequestBodySize = null;
        }

        var upgrade = http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;
        using var request = RequestOf(http.Request, upstream.At(pathAndQuery), upgrade is not null, headers);
        using var answer = await SendAsync(upstream, request, exchange.Cancellation);
        if (answer.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols && upgrade is not null)
        {
            await SwitchAsync(exchange, upgrade, answer);
            return;
        }

        if (refuses && (int)answer.StatusCode >= 400)
        {
            throw await RefusalAsync(answer, exchange.Cancellation);
        }

        CopyHead(answer, http.Response, rewrite);
        await using var body = await answer.Content.ReadAsStreamAsync(exchange.Cancellation);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        if (rewrite is not null && HasLinks(answer))
        {
            await RewriteAsync(body, answer, http.Response, rewrite, exchange.Cancellation);
            return;
        }

        await PumpAsync(body, http.Response, exchange.Cancellation);
    }

    /// <summary>Asks another server something, for the dialect itself.</summary>
    public Task<HttpResponseMessage> SendAsync(Upstream upstream, HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendCoreAsync(upstream, request, cancellationToken);

    private async Task<HttpResponseMessage> SendCoreAsync(Upstream upstream, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (upstream.ServerName.Length > 0)
        {
            // By this name the certificate is checked, and asked for.
            request.Headers.Host = upstream.ServerName;
        }

        try
        {
            return await connections.ClientFor(upstream).SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            var cause = failure.InnerException is SocketException or AuthenticationException or NaruException ? failure.InnerException.Message : failure.Message;
            throw new StatusFailure(failure.InnerException is NaruException { Kind: ErrorKind.Unavailable } ? 503 : 500, "InternalError", $"error dialing backend: dial tcp {upstream.Host}:{upstream.Port}: {cause}");
        }
    }

    private static async Task<StatusFailure> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = (await answer.Content.ReadAsStringAsync(cancellationToken)).TrimEnd('\n');
        var code = (int)answer.StatusCode;
        return new StatusFailure(code, code switch { 400 => "BadRequest", 404 => "NotFound", _ => "InternalError" }, text);
    }

    private static HttpRequestMessage RequestOf(HttpRequest from, Uri to, bool upgrades, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), to) { Version = new Version(1, 1) };
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body);
            request.Content.Headers.ContentLength = from.ContentLength;
        }
        else if (from.ContentLength == 0)
        {
            request.Content = new ByteArrayContent([]);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (OfOneHop.Contains(name) || name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (upgrades)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", from.Headers.Upgrade.ToString());
        }

        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static void CopyHead(HttpResponseMessage answer, HttpResponse response, Func<string, string>? rewrite)
    {
        response.StatusCode = (int)answer.StatusCode;
        response.Headers.CacheControl = default;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name.Equals("Location", StringComparison.OrdinalIgnoreCase) && rewrite is not null)
            {
                response.Headers.Location = rewrite(values.First());
            }
            else if (!OfOneHop.Contains(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[name] = values.ToArray();
            }
        }
    }

    private static async Task SwitchAsync(Exchange exchange, IHttpUpgradeFeature upgrade, HttpResponseMessage answer)
    {
        var response = exchange.Http.Response;
        foreach (var (name, values) in answer.Headers)
        {
            if (!OfOneHop.Contains(name))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        response.Headers.CacheControl = default;
        response.Headers.Connection = "Upgrade";
        response.Headers.Upgrade = answer.Headers.Upgrade.ToString();
        exchange.Audit?.ResponseStarted(101);
        await using var there = await answer.Content.ReadAsStreamAsync(exchange.Cancellation);
        await using var here = await upgrade.UpgradeAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancellation);
        var out1 = CopyAsync(here, there, end.Token);
        var out2 = CopyAsync(there, here, end.Token);
        // The server's end ends it all; the client may close its side first and still be told the rest.
        await Task.WhenAny(out2, Task.WhenAll(out1, out2));
        await end.CancelAsync();
        await Task.WhenAll(out1, out2);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has gone; the other is told by the end of its stream.
        }
    }

    private static bool HasLinks(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentType?.MediaType == "text/html" && answer.Content.Headers.ContentEncoding.Count < 2 && answer.Content.Headers.ContentEncoding.All(static one => one == "gzip");

    // What the page grows by is not known before: it goes out in pieces, and unpacked.
    private static async Task RewriteAsync(Stream body, HttpResponseMessage answer, HttpResponse response, Func<string, string> rewrite, CancellationToken cancellationToken)
    {
        response.ContentLength = null;
        response.Headers.ContentEncoding = default;
        await using var page = answer.Content.Headers.ContentEncoding.Count == 0 ? body : new GZipStream(body, CompressionMode.Decompress);
        var rewriter = new LinkRewriter(rewrite);
        var buffer = new byte[16 * 1024];
        await response.StartAsync(cancellationToken);
        int count;
        while ((count = await page.ReadAsync(buffer, cancellationToken)) > 0)
        {
            rewriter.Feed(buffer.AsSpan(0, count), response.BodyWriter, isLast: false);
            await response.BodyWriter.FlushAsync(cancellationToken);
        }

        rewriter.Feed([], response.BodyWriter, isLast: true);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static async Task PumpAsync(Stream body, HttpResponse response, CancellationToken cancellationToken)
    {
        await response.StartAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
        int count;
        while ((count = await body.ReadAsync(response.BodyWriter.GetMemory(8192), cancellationToken)) > 0)
        {
            response.BodyWriter.Advance(count);
            await response.BodyWriter.FlushAsync(cancellationToken);
        }
    }
}
