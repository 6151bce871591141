using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Naru.Dialects.Http.Sending;

public static class DirectSendingExtensions
{
    /// <summary>Adds TLS to a listener whose connections send what they have to say in full records and without a detour over pipes.</summary>
    public static void UseDirectTls(this ListenOptions listener, Action<HttpsConnectionAdapterOptions> configure)
    {
        ((IConnectionBuilder)listener).Use(static next => connection =>
        {
            if (connection.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket })
            {
                var writer = new SocketWriter(socket);
                connection.Features.Set(writer);
                connection.Transport = new Sides(connection.Transport.Input, writer);
            }

            return next(connection);
        });
        listener.UseHttps(configure);
        ((IConnectionBuilder)listener).Use(static next => connection =>
        {
            if (connection.Features.Get<ISslStreamFeature>() is { SslStream: { } tls } && connection.Features.Get<SocketWriter>() is { } socket)
            {
                var writer = new TlsWriter(tls, socket);
                connection.Features.Set<ITlsSending>(writer);
                connection.Transport = new Sides(connection.Transport.Input, writer);
            }

            return next(connection);
        });
    }

    private sealed record Sides(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
