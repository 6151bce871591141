using Naru.Core.Containers;

namespace Naru.Containers.Lifecycle;

/// <summary>Whether and when an ended container is started again.</summary>
internal static class RestartLaw
{
    /// <summary>After the end of a run.</summary>
    public static bool AfterExit(RestartPolicy policy, ContainerStatus status, int exitCode) => !status.StoppedByUser && policy.When switch
    {
        RestartWhen.Always or RestartWhen.UnlessStopped => true,
        RestartWhen.OnFailure => exitCode != 0 && (policy.MaximumRetries == 0 || status.RestartCount < policy.MaximumRetries),
        _ => false,
    };

    /// <summary>After a start of naru, for a container that does not live.</summary>
    public static bool AfterBoot(RestartPolicy policy, ContainerStatus status) => status.StartedAt is not null && policy.When switch
    {
        RestartWhen.Always => true,
        RestartWhen.UnlessStopped => !status.StoppedByUser,
        RestartWhen.OnFailure => !status.StoppedByUser && status.ExitCode != 0
            && (policy.MaximumRetries == 0 || status.RestartCount < policy.MaximumRetries),
        _ => false,
    };

    /// <summary>The next wait: the first one after a long run, else twice the last, up to the limit.</summary>
    public static TimeSpan NextDelay(TimeSpan last, TimeSpan lasted, ContainersOptions options)
    {
        if (last == TimeSpan.Zero || lasted >= options.RestartDelayReset)
        {
            return options.RestartDelay;
        }

        var doubled = last * 2;
        return doubled < options.RestartDelayLimit ? doubled : options.RestartDelayLimit;
    }
}
