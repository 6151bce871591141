using Microsoft.AspNetCore.Server.Kestrel.Core;
using Naru.Dialects.Http.Access;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Http;

public static class KestrelDialectExtensions
{
    /// <summary>
    /// Sets what long streams need: no data rate floor (a paused <c>logs</c> pager is not an attack), bodies of any size (an image
    /// of many gigabytes is loaded over this door), no Server header of its own.
    /// </summary>
    public static void ConfigureForDialects(this KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.AllowResponseHeaderCompression = false;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestLineSize = 64 * 1024;
        options.Limits.MaxRequestBufferSize = 1024 * 1024;
        options.Limits.MaxRequestHeadersTotalSize = 1024 * 1024;
        options.Limits.MaxConcurrentUpgradedConnections = null;
    }

    /// <summary>Prepares one listener for the dialects: HTTP/1.1, hijacking and the endpoint's policy. Call it after TLS was added.</summary>
    public static ListenOptions UseDialects(this ListenOptions listener, SocketAccessPolicy policy)
    {
        listener.Protocols = HttpProtocols.Http1;
        listener.UseSocketAccess(policy);
        listener.UseHijack();
        return listener;
    }
}
