using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Naru.Agent.Probes;

/// <summary>The health service of gRPC, asked once: one request and one answer of one small message each, so that no library is needed.</summary>
internal static class GrpcHealth
{
    private const int Serving = 1;
    private static readonly string[] Words = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    /// <summary>Why the service is not healthy; null: it is.</summary>
    public static async Task<string?> AskAsync(string address, int port, string service, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}:{port}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(service)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        using var response = await client.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var code = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status") ?? "0";
        if (!response.IsSuccessStatusCode || code != "0")
        {
            return $"error: health rpc probe failed: {Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? $"code {code}"}";
        }

        var status = StatusOf(body);
        return status == Serving ? null : $"service unhealthy (responded with \"{(status < Words.Length ? Words[status] : "UNKNOWN")}\")";
    }

    // Length-prefixed message: no compression, four bytes of length, field 1 (the service's name).
    private static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = name.Length == 0 ? [] : (byte[])[0x0A, .. Varint(name.Length), .. name];
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), (byte)(value >> 7)];

    // Field 1 of the answer, a varint; missing means 0.
    private static int StatusOf(byte[] body) => body.Length >= 7 && body[5] == 0x08 ? body[6] : 0;

    private static string? Header(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}
