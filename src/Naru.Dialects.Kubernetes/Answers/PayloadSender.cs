using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Sends bytes as an answer: with their length, compressed when they are many and the client takes it, without them for HEAD.</summary>
internal static class PayloadSender
{
    // What is flushed together leaves together.
    private const int FlushAfter = 64 * 1024;

    public static async Task SendAsync(HttpContext http, int code, string contentType, Payload payload, int compressFrom, CancellationToken cancellationToken)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentLength = payload.Length;
            return;
        }

        if (payload.Length >= compressFrom && TakesGzip(http.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            await CompressAsync(response, payload, cancellationToken);
            return;
        }

        response.ContentLength = payload.Length;
        await WriteAsync(response, payload, cancellationToken);
    }

    private static async Task WriteAsync(HttpResponse response, Payload payload, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        var unsent = 0;
        foreach (var piece in payload.Pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var count = Math.Min(rest.Length, FlushAfter - unsent);
                writer.Write(rest.Span[..count]);
                rest = rest[count..];
                unsent += count;
                if (unsent == FlushAfter)
                {
                    await writer.FlushAsync(cancellationToken);
                    unsent = 0;
                }
            }
        }

        await writer.FlushAsync(cancellationToken);
    }

    private static async Task CompressAsync(HttpResponse response, Payload payload, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(response.BodyWriter.AsStream(leaveOpen: true), CompressionLevel.Fastest);
        foreach (var piece in payload.Pieces)
        {
            await gzip.WriteAsync(piece, cancellationToken);
        }
    }

    private static bool TakesGzip(HttpRequest request)
    {
        var header = request.Headers.AcceptEncoding.ToString();
        return header.Length > 0 && header.Split(',').Any(static one => one.Trim() == "gzip" || one.Trim().StartsWith("gzip;", StringComparison.Ordinal));
    }
}
