using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

internal static class RestartMap
{
    public static RestartPolicy ToCore(Wire.RestartPolicy? wire)
    {
        var name = wire?.Name ?? "";
        var retries = wire?.MaximumRetryCount ?? 0;
        var when = name switch
        {
            "" or "no" => RestartWhen.Never,
            "always" => RestartWhen.Always,
            "unless-stopped" => RestartWhen.UnlessStopped,
            "on-failure" => RestartWhen.OnFailure,
            _ => throw DockerException.BadRequest($"invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"),
        };
        if (retries < 0)
        {
            throw DockerException.BadRequest("invalid restart policy: maximum retry count cannot be negative");
        }
        if (retries > 0 && when != RestartWhen.OnFailure)
        {
            throw DockerException.BadRequest("invalid restart policy: maximum retry count can only be used with 'on-failure'");
        }
        return new RestartPolicy(when, retries) { Word = name };
    }

    public static Wire.RestartPolicy ToWire(RestartPolicy policy) => new()
    {
        Name = policy.When switch
        {
            RestartWhen.Never => "no",
            RestartWhen.Always => "always",
            RestartWhen.UnlessStopped => "unless-stopped",
            RestartWhen.OnFailure => "on-failure",
        },
        MaximumRetryCount = policy.MaximumRetries,
    };
}
