using System.IO.Pipelines;

namespace Naru.Dialects.Http.Hijack;

/// <summary>A connection's feature: taking the raw connection from the HTTP server in the middle of a request.</summary>
public interface IConnectionHijack
{
    /// <summary>Whether the connection was taken. It is never given back: it ends when the request's handler returns.</summary>
    bool Taken { get; }

    /// <summary>
    /// Takes the connection and sends <paramref name="head"/> (a whole response head with its blank line) in a write of its own.
    /// The request's body must have been read to its end and no response started. From now on a half-close by the client does
    /// not cancel the request; the handler sees it as the end of <see cref="IDuplexPipe.Input"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection was taken before.</exception>
    ValueTask<IDuplexPipe> TakeAsync(ReadOnlyMemory<byte> head, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the client has closed both ways and nothing that is written can reach it. A client that has only closed its sending side
    /// still listens. Known for local sockets alone; elsewhere false until a write fails.
    /// </summary>
    bool IsClientGone();

    /// <summary>The transport's own sign: cancelled when the client has closed its sending side, or more. For protocols that know no half-close (HTTP/2).</summary>
    CancellationToken Gone { get; }
}
