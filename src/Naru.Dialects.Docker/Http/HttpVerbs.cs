namespace Naru.Dialects.Docker.Http;

internal static class HttpVerbs
{
    public static bool IsReading(DockerCall call) => call.Http.Request.Method is "GET" or "HEAD";
}
