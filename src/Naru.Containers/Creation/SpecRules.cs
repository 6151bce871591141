using Naru.Containers.Bundles;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Creation;

/// <summary>Refuses what cannot work before anything is made. Every refusal is <see cref="ErrorKind.InvalidArgument"/> in Docker's words.</summary>
internal static class SpecRules
{
    private const int LongestHostname = 64;
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromMilliseconds(1);

    /// <summary>Checks a spec with the image's defaults merged in.</summary>
    public static void Check(ContainerSpec spec)
    {
        CheckProcess(spec);
        CheckIsolation(spec);
        ResourceRules.Check(spec.Resources);
        CheckHealth(spec.HealthCheck);
        CheckRestart(spec);
    }

    private static void CheckProcess(ContainerSpec spec)
    {
        if (ContainerAssembly.ArgumentsOf(spec) is [] or [""])
        {
            throw NaruException.Invalid("no command specified");
        }

        if (spec.Process.WorkingDirectory is { Length: > 0 } directory)
        {
            WorkingDirectories.Check(directory);
        }

        if (spec.Process.StopSignal is { Length: > 0 } signal)
        {
            Signals.Parse(signal);
        }

        foreach (var entry in spec.Process.Environment)
        {
            if (entry.Length == 0 || entry[0] == '=')
            {
                throw NaruException.Invalid($"invalid environment variable: {entry}");
            }

            RefuseZero(entry, "environment variable");
        }

        foreach (var argument in ContainerAssembly.ArgumentsOf(spec))
        {
            RefuseZero(argument, "argument");
        }

        if (spec.Hostname is { Length: > LongestHostname })
        {
            throw NaruException.Invalid($"invalid hostname: {spec.Hostname}: longer than {LongestHostname} characters");
        }
    }

    private static void CheckIsolation(ContainerSpec spec)
    {
        var isolation = spec.Isolation;
        Capabilities.Resolve(isolation.CapabilitiesAdded, isolation.CapabilitiesDropped, isolation.Privileged, new HashSet<string>());
        var security = SecurityOptions.Parse(isolation);
        if (security.SeccompProfile is not ("" or SecurityOptions.Unconfined))
        {
            SeccompResolver.Parse(security.SeccompProfile);
        }

        CheckMode("PID mode", isolation.PidMode, "", "private", "host");
        CheckMode("IPC mode", isolation.IpcMode, "", "none", "private", "shareable", "host");
        CheckMode("UTS mode", isolation.UtsMode, "", "host");
        CheckMode("userns mode", isolation.UserMode, "", "host");
        CheckMode("CgroupNS mode", isolation.CgroupMode, "", "private", "host");
        if (isolation.Users is not null && (spec.Network is { Mode: "host", Disabled: false } || isolation is { PidMode: "host" } or { IpcMode: "host" }))
        {
            throw NaruException.Invalid("conflicting options: users of its own and a namespace of the host");
        }

        if (isolation.UtsMode == "host" && !string.IsNullOrEmpty(spec.Hostname))
        {
            throw NaruException.Invalid("conflicting options: hostname and the UTS mode");
        }

        foreach (var name in isolation.Sysctls.Keys)
        {
            CheckSysctl(name, spec);
        }
    }

    private static void CheckMode(string what, string mode, params ReadOnlySpan<string> allowed)
    {
        var joins = what is "PID mode" or "IPC mode" && mode.StartsWith("container:", StringComparison.Ordinal);
        if (joins ? mode.Length == "container:".Length : !allowed.Contains(mode))
        {
            throw NaruException.Invalid($"invalid {what}: {mode}");
        }
    }

    private static void CheckSysctl(string name, ContainerSpec spec)
    {
        var ofIpc = name.StartsWith("fs.mqueue.", StringComparison.Ordinal) || name is "kernel.msgmax" or "kernel.msgmnb" or "kernel.msgmni"
            or "kernel.sem" or "kernel.shmall" or "kernel.shmmax" or "kernel.shmmni" or "kernel.shm_rmid_forced";
        var ofNetwork = name.StartsWith("net.", StringComparison.Ordinal);
        if (!ofIpc && !ofNetwork && name is not "kernel.domainname")
        {
            throw NaruException.Invalid($"sysctl \"{name}\" is not in a separate kernel namespace");
        }

        if ((ofNetwork && spec.Network.Mode == "host") || (ofIpc && spec.Isolation.IpcMode == "host"))
        {
            throw NaruException.Invalid($"sysctl \"{name}\" not allowed in host {(ofNetwork ? "network" : "ipc")} namespace");
        }
    }

    private static void CheckHealth(HealthCheckSpec? health)
    {
        if (health is null)
        {
            return;
        }

        if (health.Test is [var kind, ..] && kind is not ("NONE" or "CMD" or "CMD-SHELL"))
        {
            throw NaruException.Invalid($"invalid health check: unknown type \"{kind}\"");
        }

        CheckTime("Interval", health.Interval);
        CheckTime("Timeout", health.Timeout);
        CheckTime("StartPeriod", health.StartPeriod);
        CheckTime("StartInterval", health.StartInterval);
        if (health.Retries < 0)
        {
            throw NaruException.Invalid("Retries in Healthcheck cannot be negative");
        }
    }

    private static void CheckTime(string field, TimeSpan? time)
    {
        if (time is { } value && value != TimeSpan.Zero && value < ShortestProbe)
        {
            throw NaruException.Invalid($"{field} in Healthcheck cannot be less than 1ms");
        }
    }

    /// <summary>Checks a policy by itself and together with auto-remove.</summary>
    public static void CheckRestart(ContainerSpec spec)
    {
        var policy = spec.Restart;
        if (spec.AutoRemove && policy.When != RestartWhen.Never)
        {
            throw NaruException.Invalid("can't create 'AutoRemove' container with restart policy");
        }

        if (policy.MaximumRetries < 0)
        {
            throw NaruException.Invalid("invalid restart policy: maximum retry count cannot be negative");
        }

        if (policy.MaximumRetries > 0 && policy.When != RestartWhen.OnFailure)
        {
            throw NaruException.Invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
        }
    }

    private static void RefuseZero(string text, string what)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw NaruException.Invalid($"invalid {what}: it holds a zero byte");
        }
    }
}
