using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>One call on the server's side: messages in frames of five bytes and a body, the status in the trailers.</summary>
internal sealed class GrpcCall(HttpContext http)
{
    private const int HeadLength = 5;
    private const int MaxMessage = 64 * 1024 * 1024;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>A header of the call; empty: not sent.</summary>
    public string Header(string name) => http.Request.Headers[name].ToString();

    /// <summary>All values of a header.</summary>
    public IEnumerable<string> Headers(string name) => http.Request.Headers[name].Select(value => value ?? "");

    /// <summary>The next message; null: the caller has sent its last.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(Aborted);
            if (TryParse(result.Buffer, parser, out var message, out var consumed))
            {
                reader.AdvanceTo(consumed);
                return message;
            }

            if (result.IsCompleted)
            {
                return result.Buffer.IsEmpty ? null : throw new GrpcException(GrpcCode.Internal, "the message is cut short");
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The only message of a call.</summary>
    public async Task<T> ReadOneAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => await ReadAsync(parser) ?? throw new GrpcException(GrpcCode.InvalidArgument, "the request is missing");

    /// <summary>Sends a message; one at a time.</summary>
    public async Task WriteAsync(IMessage message)
    {
        var length = message.CalculateSize();
        var body = http.Response.BodyWriter;
        Fill(body.GetSpan(HeadLength + length), message, length);
        body.Advance(HeadLength + length);
        await body.FlushAsync(Aborted);
    }

    /// <summary>Sends the head so that the caller knows that the call was taken.</summary>
    public Task StartAsync() => http.Response.Body.FlushAsync(Aborted);

    public void End(GrpcCode code, string message, byte[]? details = null)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        http.Response.AppendTrailer("grpc-status", ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            http.Response.AppendTrailer("grpc-message", Encode(message));
        }

        if (details is not null)
        {
            http.Response.AppendTrailer("grpc-status-details-bin", Convert.ToBase64String(details).TrimEnd('='));
        }
    }

    private static void Fill(Span<byte> span, IMessage message, int length)
    {
        span[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)length);
        message.WriteTo(span.Slice(HeadLength, length));
    }

    private static bool TryParse<T>(ReadOnlySequence<byte> buffer, MessageParser<T> parser, out T? message, out SequencePosition consumed)
        where T : class, IMessage<T>
    {
        (message, consumed) = (null, buffer.Start);
        if (buffer.Length < HeadLength)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[HeadLength];
        buffer.Slice(0, HeadLength).CopyTo(head);
        if (head[0] != 0)
        {
            throw new GrpcException(GrpcCode.Unimplemented, "compressed messages are not supported");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        if (length > MaxMessage)
        {
            throw new GrpcException(GrpcCode.ResourceExhausted, $"a message of {length} bytes is larger than {MaxMessage}");
        }

        if (buffer.Length < HeadLength + length)
        {
            return false;
        }

        var body = buffer.Slice(HeadLength, length);
        message = parser.ParseFrom(body);
        consumed = body.End;
        return true;
    }

    /// <summary>Percent-encoding of the gRPC protocol: everything but printable ASCII.</summary>
    private static string Encode(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            _ = value is >= 0x20 and <= 0x7E and not (byte)'%' ? text.Append((char)value) : text.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
