using Microsoft.Extensions.Logging;

namespace Naru.Ingress.Proxying;

/// <summary>A line for each request, where it was asked for.</summary>
internal sealed partial class AccessLog(IngressOptions options, ILogger<AccessLog> logger)
{
    public void Write(Exchange exchange, TimeSpan took)
    {
        if (!options.AccessLog)
        {
            return;
        }

        var request = exchange.Http.Request;
        LogRequest(exchange.Client.ToString(), request.Method, exchange.HostHeader, exchange.Path, exchange.Http.Response.StatusCode, (long)took.TotalMilliseconds,
            exchange.Route?.Plan.Source.ToString() ?? "-", exchange.Endpoint?.Authority ?? "-", request.Headers.UserAgent.ToString());
    }

    [LoggerMessage(18020, LogLevel.Information, "{Client} {Method} {Host}{Path} {Code} {Milliseconds} ms by {Route} to {Endpoint} for {Agent}")]
    private partial void LogRequest(string client, string method, string host, string path, int code, long milliseconds, string route, string endpoint, string agent);
}
