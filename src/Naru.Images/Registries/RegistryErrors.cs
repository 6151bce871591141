using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Naru.Core.Errors;

namespace Naru.Images.Registries;

/// <summary>Registries' refusals in docker's words.</summary>
internal static class RegistryErrors
{
    private const int BodyLimit = 64 * 1024;

    /// <summary>The failure that an answer stands for.</summary>
    internal static async Task<NaruException> FromAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, BodyLimit, cancellationToken);
        var text = Describe(body);
        var asked = $"{response.RequestMessage?.Method} \"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)}\"";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when AsksForPassword(response) => new(ErrorKind.PermissionDenied, "no basic auth credentials"),
            HttpStatusCode.Unauthorized => new(ErrorKind.Unauthenticated, text ?? $"{asked}: no basic auth credentials"),
            HttpStatusCode.Forbidden => new(ErrorKind.PermissionDenied, text ?? "denied: requested access to the resource is denied"),
            HttpStatusCode.NotFound => new(ErrorKind.NotFound, text ?? $"{asked}: not found"),
            HttpStatusCode.TooManyRequests => new(ErrorKind.Unavailable, text ?? "toomanyrequests: the registry asks to slow down"),
            >= HttpStatusCode.InternalServerError => new(ErrorKind.Unavailable, $"received unexpected HTTP status: {(int)response.StatusCode} {response.ReasonPhrase}{(text is null ? "" : $": {text}")}"),
            _ => new(ErrorKind.FailedPrecondition, text ?? $"{asked}: unexpected status {(int)response.StatusCode} {response.ReasonPhrase}"),
        };
    }

    /// <summary>A failure to reach the registry at all, or to go on talking with it.</summary>
    internal static NaruException Unreachable(Uri address, Exception cause) =>
        new(ErrorKind.Unavailable, $"Get \"{address}\": {Reason(address, Innermost(cause))}", cause);

    // The system's own words for a name that is not found do not speak of names ("Resource temporarily unavailable").
    private static string Reason(Uri address, Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => $"dial tcp: lookup {address.IdnHost}: no such host",
        SocketException { SocketErrorCode: SocketError.TryAgain } => $"dial tcp: lookup {address.IdnHost}: Temporary failure in name resolution",
        _ => cause.Message,
    };

    /// <summary>The first error that a body names: "code: message".</summary>
    internal static string? Describe(byte[] body)
    {
        try
        {
            var first = JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorsFile)?.Errors?.FirstOrDefault();
            return first?.Code is null ? null : $"{first.Code.ToLowerInvariant().Replace('_', ' ')}: {first.Message}";
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A small body; what is larger is cut, so that a hostile server cannot fill the memory.</summary>
    internal static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new byte[Math.Min(limit, 16 * 1024)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(body.AsMemory(length), cancellationToken);
            length += read;
            if (read == 0 || length == limit)
            {
                return body[..length];
            }

            if (length == body.Length)
            {
                Array.Resize(ref body, Math.Min(limit, body.Length * 2));
            }
        }
    }

    /// <summary>The registry wants a user's password and none was sent.</summary>
    private static bool AsksForPassword(HttpResponseMessage response) =>
        response.RequestMessage?.Headers.Authorization is null
        && response.Headers.WwwAuthenticate.Any(static challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase));

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
