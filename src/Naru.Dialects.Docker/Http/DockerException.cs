namespace Naru.Dialects.Docker.Http;

/// <summary>A refusal that the dialect itself decides, with its HTTP status.</summary>
internal sealed class DockerException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static DockerException BadRequest(string message) => new(400, message);

    public static DockerException Forbidden(string message) => new(403, message);

    public static DockerException NotFound(string message) => new(404, message);

    public static DockerException Conflict(string message) => new(409, message);

    public static DockerException Server(string message) => new(500, message);

    public static DockerException NotImplemented(string message) => new(501, message);

    public static DockerException Unavailable(string message) => new(503, message);
}
