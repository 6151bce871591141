using Microsoft.AspNetCore.Http;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>The one place where failures become Kubernetes' <c>Status</c>.</summary>
internal static class StatusMap
{
    /// <summary>The status that a failure stands for.</summary>
    public static MapValue ToStatus(Exception failure) => failure switch
    {
        StatusFailure own => Make(own.Code, own.Reason, own.Message, own.Details),
        NaruException known => Make(known),
        BadHttpRequestException { StatusCode: 413 } => Make(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728", null),
        BadHttpRequestException bad => Make(bad.StatusCode, "BadRequest", bad.Message, null),
        OperationCanceledException => Make(504, "Timeout", "Timeout: request did not complete within the allotted timeout", null),
        _ => Make(500, "InternalError", $"Internal error occurred: {failure.Message}", null),
    };

    /// <summary>The HTTP code in a status.</summary>
    public static int CodeOf(MapValue status) => (int)(status.Integer("code") ?? 500);

    /// <summary>When to try again, for the header; null if the status says nothing.</summary>
    public static long? RetryAfterOf(MapValue status) => status.Integer("details", "retryAfterSeconds");

    /// <summary>A status of success, about the object that it names.</summary>
    public static MapValue Success(FailureDetails? details, int code = 0)
    {
        var status = Head("Success");
        AddDetails(status, details);
        if (code != 0)
        {
            status["code"] = code;
        }

        return status;
    }

    private static MapValue Make(NaruException failure)
    {
        var (code, reason) = (failure.Kind, failure.Details) switch
        {
            (ErrorKind.NotFound, _) => (404, "NotFound"),
            (ErrorKind.AlreadyExists, _) => (409, "AlreadyExists"),
            (ErrorKind.InvalidArgument, { Causes.IsDefaultOrEmpty: false }) => (422, "Invalid"),
            (ErrorKind.InvalidArgument, _) => (400, "BadRequest"),
            (ErrorKind.Conflict or ErrorKind.FailedPrecondition, _) => (409, "Conflict"),
            (ErrorKind.NotModified, _) => (304, ""),
            (ErrorKind.Unauthenticated, _) => (401, "Unauthorized"),
            (ErrorKind.PermissionDenied, _) => (403, "Forbidden"),
            (ErrorKind.ResourceExhausted, { Causes: { IsDefaultOrEmpty: false } causes }) when causes[0].Reason == StoreRules.TooLarge => (413, "RequestEntityTooLarge"),
            (ErrorKind.ResourceExhausted, _) => (429, "TooManyRequests"),
            (ErrorKind.Unavailable, { Causes: { IsDefaultOrEmpty: false } causes }) when causes[0].Reason == "ResourceVersionTooLarge" => (504, "Timeout"),
            (ErrorKind.Unavailable, _) => (503, "ServiceUnavailable"),
            (ErrorKind.Expired, _) => (410, "Expired"),
            (ErrorKind.NotImplemented, _) => (405, "MethodNotAllowed"),
            _ => (500, "InternalError"),
        };
        return Make(code, reason, failure.Message, failure.Details);
    }

    private static MapValue Make(int code, string reason, string message, FailureDetails? details)
    {
        var status = Head("Failure");
        status["message"] = message;
        status["reason"] = reason;
        AddDetails(status, details);
        status["code"] = code;
        return status;
    }

    private static MapValue Head(string outcome) => new(8)
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new MapValue(),
        ["status"] = outcome,
    };

    private static void AddDetails(MapValue status, FailureDetails? details)
    {
        if (details is null)
        {
            return;
        }

        var map = new MapValue();
        AddText(map, "name", details.Name);
        AddText(map, "group", details.Group);
        AddText(map, "kind", details.Kind);
        AddText(map, "uid", details.Uid);
        if (!details.Causes.IsDefaultOrEmpty)
        {
            map["causes"] = new ListValue(details.Causes.Select(CauseOf));
        }

        if (details.RetryAfter is { } wait)
        {
            map["retryAfterSeconds"] = (long)Math.Max(1, Math.Ceiling(wait.TotalSeconds));
        }

        if (details.Continue.Length > 0)
        {
            // Where an expired list can go on stands where a list has it.
            status.MakeMap("metadata")["continue"] = details.Continue;
        }

        if (map.Count > 0 || details.Continue.Length == 0)
        {
            status["details"] = map;
        }
    }

    private static MapValue CauseOf(FailureCause cause)
    {
        var map = new MapValue();
        AddText(map, "reason", cause.Reason);
        AddText(map, "message", cause.Message);
        AddText(map, "field", cause.Field);
        return map;
    }

    private static void AddText(MapValue map, string name, string text)
    {
        if (text.Length > 0)
        {
            map[name] = text;
        }
    }
}
