using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Naru.Dialects.Kubernetes;

/// <summary>What the web server is to put up with.</summary>
public static class KestrelLimits
{
    /// <summary>Sets limits against slow heads, floods of headers and of streams. Bodies are limited by the dialect itself, with Kubernetes' answer, so the server's own limit goes.
    /// Resets of HTTP/2 streams in quick succession end the connection by Kestrel's own count.</summary>
    public static void LimitForKubernetes(this KestrelServerOptions kestrel)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(3);
        limits.MaxRequestHeaderCount = 200;
        limits.MaxRequestHeadersTotalSize = 256 * 1024;
        limits.MaxRequestLineSize = 64 * 1024;
        limits.Http2.MaxStreamsPerConnection = 250;
        limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(30);
    }
}
