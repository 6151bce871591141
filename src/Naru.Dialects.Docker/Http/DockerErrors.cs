using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Http;

/// <summary>The one map from failures to HTTP: which status docker's clients expect for which kind.</summary>
internal static class DockerErrors
{
    public static int StatusOf(Exception failure) => failure switch
    {
        DockerException own => own.Status,
        // A program that cannot be executed is the caller's fault although it shows at the start.
        NaruException { ExitCode: 126 or 127 } => StatusCodes.Status400BadRequest,
        NaruException engine => StatusOf(engine.Kind),
        BuildException => StatusCodes.Status400BadRequest,
        BadHttpRequestException malformed => malformed.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.AlreadyExists => StatusCodes.Status409Conflict,
        ErrorKind.InvalidArgument => StatusCodes.Status400BadRequest,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.FailedPrecondition => StatusCodes.Status409Conflict,
        ErrorKind.NotModified => StatusCodes.Status304NotModified,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.PermissionDenied => StatusCodes.Status403Forbidden,
        ErrorKind.ResourceExhausted => StatusCodes.Status500InternalServerError,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.Expired => StatusCodes.Status500InternalServerError,
        ErrorKind.NotImplemented => StatusCodes.Status501NotImplemented,
        ErrorKind.DataLoss => StatusCodes.Status500InternalServerError,
        ErrorKind.Internal => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Writes <c>{"message":…}</c> with the failure's status. The response must not have started.</summary>
    public static async Task WriteAsync(HttpContext http, Exception failure)
    {
        var status = StatusOf(failure);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status304NotModified)
        {
            return;
        }
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new ErrorResponse { Message = failure.Message }, DockerJson.Writing(ApiVersion.Highest).TypeOf<ErrorResponse>());
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length + 1;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
    }
}
