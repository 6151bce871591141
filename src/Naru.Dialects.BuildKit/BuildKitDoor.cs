using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;
using Naru.Dialects.Http.Access;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.BuildKit;

/// <summary>
/// The two doors of BuildKit on docker's socket: <c>POST /grpc</c>, after which the client speaks HTTP/2 to us, and <c>POST /session</c>,
/// after which we speak HTTP/2 to the client.
/// </summary>
internal sealed partial class BuildKitDoor(GrpcServer server, SessionRegistry sessions, ILogger<BuildKitDoor> logger)
{
    private static readonly KeyValuePair<string, string>[] Upgraded = [new("Connection", "Upgrade"), new("Upgrade", "h2c")];

    /// <summary>Which door a request asks for; empty: neither.</summary>
    public static string DoorOf(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && Path().Match(request.Path.Value ?? "") is { Success: true } match ? match.Groups["door"].Value : "";

    public async Task EnterAsync(HttpContext http, string door)
    {
        if (!http.Request.Headers.Upgrade.ToString().Equals("h2c", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(http, "no upgrade: h2c in the request");
            return;
        }

        var policy = http.AccessPolicy();
        if (!policy.IsFull)
        {
            await RefuseAsync(http, "this socket does not allow builds", StatusCodes.Status403Forbidden);
            return;
        }

        if (door == "grpc")
        {
            var hijack = http.Features.Get<IConnectionHijack>();
            var transport = await http.HijackAsync(101, "Switching Protocols", Upgraded, http.RequestAborted);
            await server.ServeAsync(transport, hijack!.Gone);
            return;
        }

        var id = http.Request.Headers["X-Docker-Expose-Session-Uuid"].ToString();
        if (id.Length == 0)
        {
            await RefuseAsync(http, "the session has no id");
            return;
        }

        await HoldAsync(http, id);
    }

    private async Task HoldAsync(HttpContext http, string id)
    {
        var sharedKey = http.Request.Headers["X-Docker-Expose-Session-Sharedkey"].ToString();
        var methods = http.Request.Headers["X-Docker-Expose-Session-Grpc-Method"].Select(m => m ?? "").ToList();
        var gone = http.Features.Get<IConnectionHijack>()!.Gone;
        var stream = new PipeStream(
            await http.HijackAsync(101, "Switching Protocols", Upgraded, http.RequestAborted), new HeaderSplitter("include-patterns", "exclude-patterns", "followpaths"));
        await using var session = new CallerSession(id, sharedKey, methods, stream);
        sessions.Add(session);
        LogOpened(id, methods.Count);
        try
        {
            await using var registration = gone.Register(stream.Dispose);
            await stream.Ended;
        }
        finally
        {
            sessions.Remove(session);
            session.Close();
            LogClosed(id);
        }
    }

    private static async Task RefuseAsync(HttpContext http, string problem, int status = StatusCodes.Status400BadRequest)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync($"{{\"message\":\"{problem}\"}}\n", http.RequestAborted);
    }

    [GeneratedRegex(@"^(/v\d+\.\d+)?/(?<door>session|grpc)/?$", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [LoggerMessage(7010, LogLevel.Debug, "Session {SessionId} offers {Count} methods")]
    private partial void LogOpened(string sessionId, int count);

    [LoggerMessage(7011, LogLevel.Debug, "Session {SessionId} ended")]
    private partial void LogClosed(string sessionId);
}
