using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Naru.Core.Builds;
using Naru.Core.Errors;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>An HTTP/2 server of its own for connections that were upgraded; calls the handler that a method's path names.</summary>
internal sealed partial class GrpcServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly TakenConnections _connections = new();
    private readonly KestrelServer _server;
    private readonly Dictionary<string, Func<GrpcCall, Task>> _methods = new(StringComparer.Ordinal);
    private readonly ILogger<GrpcServer> _logger;
    private int _number;

    public GrpcServer(IEnumerable<IGrpcService> services, IServiceProvider provider, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<GrpcServer>();
        foreach (var service in services)
        {
            service.Map(_methods);
        }

        var options = new KestrelServerOptions { ApplicationServices = provider };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        options.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        options.Limits.Http2.MaxStreamsPerConnection = 1000;
        options.Listen(_connections.EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
        _server = new KestrelServer(Options.Create(options), _connections, loggers);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(this, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <summary>Serves a connection until it ends.</summary>
    public async Task ServeAsync(System.IO.Pipelines.IDuplexPipe transport, CancellationToken gone)
    {
        var connection = new TakenConnection($"grpc-{Interlocked.Increment(ref _number)}", transport, gone);
        if (_connections.Offer(connection))
        {
            await connection.Done;
        }
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        var call = new GrpcCall(context);
        try
        {
            if (!_methods.TryGetValue(context.Request.Path.Value ?? "", out var method))
            {
                throw new GrpcException(GrpcCode.Unimplemented, $"unknown method {context.Request.Path.Value}");
            }

            await method(call);
            call.End(GrpcCode.Ok, "");
        }
        catch (Exception failure) // The edge: every failure becomes a status.
        {
            var (code, message) = Translate(failure, context.RequestAborted.IsCancellationRequested);
            if (code is GrpcCode.Internal)
            {
                LogFailed(context.Request.Path.Value ?? "", failure);
            }

            call.End(code, message, (failure as GrpcException)?.Details ?? (failure.InnerException as GrpcException)?.Details);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _connections.DisposeAsync();
    }

    private static (GrpcCode Code, string Message) Translate(Exception failure, bool gone) => failure switch
    {
        GrpcException own => (own.Code, own.Message),
        OperationCanceledException when gone => (GrpcCode.Canceled, "context canceled"),
        OperationCanceledException => (GrpcCode.Canceled, "context canceled"),
        BuildException step => (GrpcCode.Unknown, step.Message),
        NaruException { Kind: ErrorKind.InvalidArgument or ErrorKind.FailedPrecondition or ErrorKind.NotFound } rule => (GrpcCode.Unknown, rule.Message),
        NaruException known => (CodeOf(known.Kind), known.Message),
        Google.Protobuf.InvalidProtocolBufferException broken => (GrpcCode.InvalidArgument, broken.Message),
        _ => (GrpcCode.Internal, failure.Message),
    };

    private static GrpcCode CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.AlreadyExists or ErrorKind.NotModified => GrpcCode.AlreadyExists,
        ErrorKind.Conflict or ErrorKind.Expired => GrpcCode.Aborted,
        ErrorKind.Unauthenticated => GrpcCode.Unauthenticated,
        ErrorKind.PermissionDenied => GrpcCode.PermissionDenied,
        ErrorKind.ResourceExhausted => GrpcCode.ResourceExhausted,
        ErrorKind.Unavailable => GrpcCode.Unavailable,
        ErrorKind.NotImplemented => GrpcCode.Unimplemented,
        ErrorKind.DataLoss => GrpcCode.DataLoss,
        _ => GrpcCode.Internal,
    };

    [LoggerMessage(7000, LogLevel.Error, "{Method} failed")]
    private partial void LogFailed(string method, Exception failure);
}
