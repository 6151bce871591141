using Naru.Core.Errors;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>A failure of the HTTP edge that the core's list of failures has no word for: it carries its own code and reason.</summary>
internal sealed class StatusFailure(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public FailureDetails? Details { get; init; }

    public static StatusFailure NotAcceptable(string offered) =>
        new(406, "NotAcceptable", $"only the following media types are accepted: {offered}");

    public static StatusFailure UnsupportedMediaType(string offered) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {offered}");

    public static StatusFailure TooLarge(long limit) => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static StatusFailure MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    {
        Details = new FailureDetails(),
    };

    public static StatusFailure NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource") { Details = new FailureDetails() };

    public static StatusFailure BadRequest(string message) => new(400, "BadRequest", message);

    public static StatusFailure Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static StatusFailure TimedOut() =>
        new(504, "Timeout", "Timeout: request did not complete within the allotted timeout") { Details = new FailureDetails() };

    public static StatusFailure ServiceUnavailable(string message) => new(503, "ServiceUnavailable", message);

    public static StatusFailure Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}");

    public static StatusFailure TooManyRequests(TimeSpan retryAfter) => new(429, "TooManyRequests", "Too many requests, please try again later.")
    {
        Details = new FailureDetails { RetryAfter = retryAfter },
    };
}
