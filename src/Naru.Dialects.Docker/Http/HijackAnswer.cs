using System.IO.Pipelines;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Docker.Http;

/// <summary>Takes the connection in docker's two forms: 101 where the client asked for an upgrade, else a 200 without a length.</summary>
internal static class HijackAnswer
{
    public static ValueTask<IDuplexPipe> TakeAsync(DockerCall call, bool terminal)
    {
        var upgrade = call.Header("Upgrade");
        if (upgrade is null)
        {
            // The old form never names frames, whatever the bytes are.
            return call.Http.HijackAsync(200, "OK", [new("Content-Type", MediaTypes.Raw)], call.Aborted);
        }
        return call.Http.HijackAsync(
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
