using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Http;

/// <summary>
/// Answers every request of the dialect: 1. the headers that all answers carry; 2. the version in the path; 3. the route;
/// 4. the endpoint's policy; 5. the handler; 6. failures through <see cref="DockerErrors"/>.
/// </summary>
internal sealed partial class DockerServer
{
    private readonly DockerRoutes _routes = new();
    private readonly ILogger<DockerServer> _logger;
    private readonly string _server;

    public DockerServer(IEnumerable<IDockerRouteGroup> groups, IHost host, ILogger<DockerServer> logger)
    {
        _logger = logger;
        _server = $"Naru/{host.Read().Version} (linux)";
        foreach (var group in groups)
        {
            group.Map(_routes);
        }
    }

    public IEnumerable<(string Method, string Pattern)> Routes => _routes.All;

    public async Task HandleAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["Api-Version"] = ApiVersion.Highest.ToString();
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = _server;
        try
        {
            await DispatchAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is left to answer.
        }
        catch (Exception failure) // The edge: every failure becomes an answer.
        {
            await FailAsync(http, failure);
        }
    }

    private Task DispatchAsync(HttpContext http)
    {
        var path = (http.Request.Path.Value ?? "/").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var version = ApiVersion.Highest;
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.ContentLength = 0;
            return Task.CompletedTask;
        }
        var prefixed = ApiVersion.TryTakePrefix(path, out var text, out var rest);
        var handler = _routes.Find(http.Request.Method, prefixed ? rest : path, out var values, out var pattern);
        if (handler is null)
        {
            throw DockerException.NotFound("page not found");
        }
        if (prefixed)
        {
            version = Negotiate(text);
        }
        AccessRules.CheckRoute(http.AccessPolicy(), http.Request.Method, pattern!);
        return handler(new DockerCall(http, values, version));
    }

    private static ApiVersion Negotiate(string text)
    {
        if (!ApiVersion.TryParse(text, out var version))
        {
            throw DockerException.BadRequest($"invalid version format: {text}");
        }
        if (version.CompareTo(ApiVersion.Highest) > 0)
        {
            throw DockerException.BadRequest($"client version {text} is too new. Maximum supported API version is {ApiVersion.Highest}");
        }
        if (version.CompareTo(ApiVersion.Lowest) < 0)
        {
            throw DockerException.BadRequest(
                $"client version {text} is too old. Minimum supported API version is {ApiVersion.Lowest}, please upgrade your client to a newer version");
        }
        return version;
    }

    private async Task FailAsync(HttpContext http, Exception failure)
    {
        var status = DockerErrors.StatusOf(failure);
        if (status >= 500 && failure is NaruException)
        {
            LogRefusal(_logger, http.Request.Method, http.Request.Path.Value ?? "", status, failure.Message);
        }
        else if (status >= 500)
        {
            LogFailure(_logger, http.Request.Method, http.Request.Path.Value ?? "", status, failure);
        }
        if (http.Response.HasStarted)
        {
            // The status is out; the only honest sign left is to break off.
            http.Abort();
            return;
        }
        try
        {
            await DockerErrors.WriteAsync(http, failure);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client left while it was told.
        }
    }

    [LoggerMessage(6500, LogLevel.Error, "{Method} {Path} answered {Status}")]
    private static partial void LogFailure(ILogger logger, string method, string path, int status, Exception failure);

    // A failure that the engine foresaw says in its message what is wrong; where it was thrown helps nobody.
    [LoggerMessage(6501, LogLevel.Warning, "{Method} {Path} answered {Status}: {Reason}")]
    private static partial void LogRefusal(ILogger logger, string method, string path, int status, string reason);
}
