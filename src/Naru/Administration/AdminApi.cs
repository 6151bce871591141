using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Naru.Agent.Shutdown;
using Naru.Backups;
using Naru.Composition;
using Naru.Core.Errors;
using Naru.Core.Units;
using Naru.Reclaiming;
using Naru.Sockets;

namespace Naru.Administration;

/// <summary>Answers naru's own commands on the administration socket, which only root can open.</summary>
internal sealed partial class AdminApi(StatusReport status, Reclaimer reclaimer, LimitedSockets sockets, BackupWriter backups, IServiceProvider services, ILogger<AdminApi> logger)
{
    private const string SocketPrefix = "/" + AdminPaths.Sockets + "/";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The command was interrupted.
        }
        catch (NaruException exception)
        {
            await AnswerAsync(context, StatusOf(exception.Kind), new JsonObject { ["message"] = exception.Message });
        }
        catch (JsonException exception)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new JsonObject { ["message"] = exception.Message });
        }
        catch (Exception exception)
        {
            // The edge: a fault of naru must reach its operator as an answer and a log line.
            LogFault(exception, context.Request.Method, context.Request.Path.Value ?? "");
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, new JsonObject { ["message"] = exception.Message });
        }
    }

    private Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = context.Request.Path.Value ?? "";
        return (context.Request.Method, path) switch
        {
            ("GET", "/" + AdminPaths.Status) => AnswerAsync(context, StatusCodes.Status200OK, status.Read()),
            ("POST", "/" + AdminPaths.Reclaim) => ReclaimAsync(context, cancellationToken),
            ("GET", "/" + AdminPaths.Backup) => BackupAsync(context, cancellationToken),
            ("POST", "/" + AdminPaths.Migrate) => MigrateAsync(context, cancellationToken),
            ("POST", "/" + AdminPaths.Shutdown) => ShutdownAsync(context, cancellationToken),
            ("DELETE", "/" + AdminPaths.Shutdown) => CancelShutdownAsync(context, cancellationToken),
            ("GET", "/" + AdminPaths.Sockets) => AnswerAsync(context, StatusCodes.Status200OK, new JsonArray([.. sockets.List().Select(Describe)])),
            ("POST", "/" + AdminPaths.Sockets) => CreateSocketAsync(context, cancellationToken),
            ("DELETE", _) when path.StartsWith(SocketPrefix, StringComparison.Ordinal) => RemoveSocketAsync(context, path[SocketPrefix.Length..], cancellationToken),
            _ => throw NaruException.NotFound($"no such call: {context.Request.Method} {path}"),
        };
    }

    private async Task ReclaimAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var wished = long.TryParse(query["bytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? new ByteSize(bytes) : new ByteSize(long.MaxValue);
        var freed = await reclaimer.ReclaimAsync(wished, Seconds(query, "unusedForSeconds"), cancellationToken);
        var answer = new JsonArray();
        foreach (var (name, size) in freed)
        {
            answer.Add((JsonNode)new JsonObject { ["what"] = name, ["bytes"] = size.Bytes });
        }

        await AnswerAsync(context, StatusCodes.Status200OK, answer);
    }

    private async Task BackupAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var volumes = context.Request.Query["volumes"] == "1";
        context.Response.ContentType = "application/gzip";
        await backups.WriteAsync(context.Response.Body, volumes, cancellationToken);
    }

    private async Task MigrateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var wish = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: cancellationToken))?.AsObject() ?? throw NaruException.Invalid("a migration must be described");
        var mover = services.GetService<LiveStoreMove>() ?? throw new NaruException(ErrorKind.FailedPrecondition, "this naru runs without a cluster: it has no store");
        await AnswerAsync(context, StatusCodes.Status200OK, await mover.RunAsync(wish, cancellationToken));
    }

    private INodeShutdown Shutdown => services.GetService<INodeShutdown>() ?? throw new NaruException(ErrorKind.FailedPrecondition, "this naru runs no pods");

    private async Task ShutdownAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var ended = await Shutdown.RunAsync(Seconds(query, "grace"), Seconds(query, "critical"), cancellationToken);
        await AnswerAsync(context, StatusCodes.Status200OK, new JsonObject { ["pods"] = ended });
    }

    private async Task CancelShutdownAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await Shutdown.CancelAsync(cancellationToken);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CreateSocketAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var socket = await context.Request.ReadFromJsonAsync(LimitedSocketJson.Default.LimitedSocket, cancellationToken)
            ?? throw NaruException.Invalid("a socket must be described");
        await sockets.CreateAsync(socket, cancellationToken);
        await AnswerAsync(context, StatusCodes.Status201Created, Describe(socket));
    }

    private async Task RemoveSocketAsync(HttpContext context, string name, CancellationToken cancellationToken)
    {
        await sockets.RemoveAsync(name, cancellationToken);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private JsonObject Describe(LimitedSocket socket)
    {
        var node = JsonSerializer.SerializeToNode(socket, LimitedSocketJson.Default.LimitedSocket)!.AsObject();
        node["path"] = sockets.PathOf(socket.Name);
        return node;
    }

    private static TimeSpan Seconds(IQueryCollection query, string name) =>
        double.TryParse(query[name], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    private static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.InvalidArgument => StatusCodes.Status400BadRequest,
        ErrorKind.AlreadyExists or ErrorKind.Conflict or ErrorKind.FailedPrecondition => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static async Task AnswerAsync(HttpContext context, int code, JsonNode body)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    [LoggerMessage(8020, LogLevel.Error, "Administration call {Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);
}
