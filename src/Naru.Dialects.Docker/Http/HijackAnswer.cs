using System.IO.Pipelines;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Docker.Http;

/// <summary>Takes the connection in docker's two forms: 101 where the client asked for an upgrade, else a 200 without a length.</summary>
internal static class HijackAnswer
{
    public static async ValueTask<IDuplexPipe> TakeAsync(DockerCall call, bool terminal)
    {
        // dockerode repeats the parameters in a body: unread, it would become the process's input.
        if (call.Http.Request.ContentLength > 0)
        {
            await call.Http.Request.BodyReader.CopyToAsync(Stream.Null, call.Aborted);
        }
        var upgrade = call.Header("Upgrade");
        if (upgrade is null)
        {
            // The old form never names frames, whatever the bytes are.
            return await call.Http.HijackAsync(200, "OK", [new("Content-Type", MediaTypes.Raw)], call.Aborted);
        }
        return await call.Http.HijackAsync(
            101,
            "UPGRADED",
            [
                new("Content-Type", MediaTypes.ForOutput(terminal, call.Version)),
                new("Connection", "Upgrade"),
                new("Upgrade", "tcp"),
            ],
            call.Aborted);
    }
}
