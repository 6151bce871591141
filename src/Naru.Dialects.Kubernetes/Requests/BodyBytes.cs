using System.Buffers;
using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Reads the bytes of a request's body, up to a limit.</summary>
internal static class BodyBytes
{
    /// <summary>All bytes of the body. 413 when there are more than allowed.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            throw StatusFailure.TooLarge(limit);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw StatusFailure.TooLarge(limit);
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
