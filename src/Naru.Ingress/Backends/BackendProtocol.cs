namespace Naru.Ingress.Backends;

/// <summary>What is spoken to endpoints.</summary>
internal enum BackendProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>HTTP/2 without TLS, known beforehand: gRPC.</summary>
    Http2,

    /// <summary>HTTP/1.1 or 2 over TLS; whose certificate it is does not matter, as with nginx.</summary>
    Https,

    /// <summary>HTTP/2 over TLS: gRPC.</summary>
    Https2,
}
