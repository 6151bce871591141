using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Access;

/// <summary>What a container may ask for on a limited endpoint.</summary>
internal static class ContainerAccess
{
    private static readonly string[] SafeSecurityOptions = ["no-new-privileges", "no-new-privileges=true", "no-new-privileges:true"];

    /// <exception cref="DockerException">403: it would gain power over the host.</exception>
    public static ContainerSpec Restrict(SocketAccessPolicy policy, ContainerSpec spec)
    {
        if (policy.NoPrivileged)
        {
            CheckPower(policy, spec);
        }
        return policy.Labels.IsEmpty
            ? spec
            : spec with
            {
                Labels = LabelScope.Add(policy, spec.Labels),
                Mounts = [.. spec.Mounts.Select(mount => mount.Kind == MountKind.Volume ? mount with { VolumeLabels = LabelScope.Add(policy, mount.VolumeLabels) } : mount)],
            };
    }

    /// <summary>A way into a container is a way to the power that it has: it must be one that the endpoint could have made.</summary>
    /// <exception cref="DockerException">403.</exception>
    public static void CheckReach(SocketAccessPolicy policy, ContainerSpec spec)
    {
        if (policy.NoPrivileged)
        {
            CheckPower(policy, spec);
        }
    }

    /// <summary>What a build's steps may ask for.</summary>
    /// <exception cref="DockerException">403.</exception>
    public static void CheckBuild(SocketAccessPolicy policy, Core.Builds.BuildRequest request) => Refuse(
        policy.NoPrivileged && (request.NetworkMode == "host" || request.NetworkMode.StartsWith("container:", StringComparison.Ordinal) ||
            !request.SecurityOptions.IsEmpty || request.Resources.CgroupParent.Length > 0),
        "builds with the host's or a container's network, security options or another parent control group");

    /// <exception cref="DockerException">403.</exception>
    public static void CheckUpdate(SocketAccessPolicy policy, ContainerUpdateRequest request) =>
        Refuse(policy.NoPrivileged && (request.Devices is { Length: > 0 } || request.DeviceCgroupRules is { Length: > 0 }), "devices");

    /// <exception cref="DockerException">403.</exception>
    public static void CheckExec(SocketAccessPolicy policy, bool privileged) => Refuse(policy.NoPrivileged && privileged, "privileged exec sessions");

    private static void CheckPower(SocketAccessPolicy policy, ContainerSpec spec)
    {
        var (isolation, resources) = (spec.Isolation, spec.Resources);
        Refuse(isolation.Privileged, "privileged containers");
        Refuse(isolation.PidMode == "host", "the host's PID namespace");
        Refuse(isolation.IpcMode == "host", "the host's IPC namespace");
        Refuse(isolation.UtsMode == "host", "the host's UTS namespace");
        Refuse(isolation.UserMode == "host", "the host's user namespace");
        Refuse(isolation.CgroupMode == "host", "the host's cgroup namespace");
        Refuse(spec.Network.Mode == "host" || spec.Network.Endpoints.ContainsKey("host"), "the host's network");
        Refuse(!isolation.CapabilitiesAdded.IsEmpty, "added capabilities");
        Refuse(isolation.SecurityOptions.Any(option => !SafeSecurityOptions.Contains(option)), "weakened security options");
        Refuse(isolation.MaskedPaths is not null || isolation.ReadOnlyPaths is not null, "unmasked system paths");
        Refuse(!resources.Devices.IsEmpty || !resources.DeviceRules.IsEmpty || !resources.DeviceRequests.IsEmpty, "devices");
        Refuse(resources.CgroupParent.Length > 0, "another parent control group");
        Refuse(resources.OomScoreAdjustment < 0, "a negative OOM score adjustment");
        foreach (var mount in spec.Mounts)
        {
            Refuse(mount.Kind == MountKind.Bind && !policy.BindRoots.Any(root => LiesBelow(mount.Source, root)), $"binding the host path {mount.Source}");
            Refuse(mount.Kind == MountKind.Volume && !mount.VolumeOptions.IsEmpty, "volumes with driver options");
        }
    }

    /// <summary>By spelling alone: a path with <c>..</c> is never below. Links below an allowed root are its owner's business.</summary>
    internal static bool LiesBelow(string path, string root)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var top = root.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return !parts.Contains("..") && parts.Length >= top.Length && parts.AsSpan(0, top.Length).SequenceEqual(top);
    }

    private static void Refuse(bool broken, string what)
    {
        if (broken)
        {
            throw DockerException.Forbidden($"this socket does not allow {what}");
        }
    }
}
