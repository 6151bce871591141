using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>What a create request means in the version it was written for. Changes the request in place, refuses with 400, returns warnings.</summary>
internal static class CreateRules
{
    public static List<string> Apply(ContainerCreateRequest request, ApiVersion version)
    {
        var host = request.HostConfig ??= new HostConfig();
        foreach (var mount in host.Mounts ?? [])
        {
            CheckMount(mount, version);
        }
        ApplyDefaults(request, host, version);
        var endpoints = request.NetworkingConfig?.EndpointsConfig;
        if (version.Below(44) && endpoints is { Count: > 1 })
        {
            throw DockerException.BadRequest($"Container cannot be created with multiple network endpoints: {string.Join(", ", endpoints.Keys)}");
        }
        foreach (var endpoint in endpoints?.Values ?? Enumerable.Empty<EndpointSettings?>())
        {
            if (endpoint is not null && version.Below(48))
            {
                endpoint.GwPriority = 0;
            }
        }
        var warnings = new List<string>();
        ApplyMacAddress(request, host, version, warnings);
        CheckSysctls(host, version);
        Warn(host, version, warnings);
        return warnings;
    }

    private static void ApplyDefaults(ContainerCreateRequest request, HostConfig host, ApiVersion version)
    {
        if (version.Below(25))
        {
            // Those clients remove the container themselves.
            host.AutoRemove = false;
        }
        if (version.Below(40))
        {
            host.PidsLimit = null;
            host.KernelMemoryTCP = null;
            host.IpcMode = string.IsNullOrEmpty(host.IpcMode) ? "shareable" : host.IpcMode;
        }
        if (version.Below(42))
        {
            host.ConsoleSize = null;
        }
        else
        {
            host.KernelMemory = null;
        }
        if (version.Below(43))
        {
            host.Annotations = null;
        }
        if (version.Below(44) && request.Healthcheck is { } check)
        {
            check.StartInterval = 0;
        }
        if (version.AtLeast(52))
        {
            host.KernelMemoryTCP = null;
        }
    }

    private static void CheckMount(Mount mount, ApiVersion version)
    {
        if (version.Below(40) && mount.BindOptions is { } old)
        {
            old.NonRecursive = false;
        }
        if (version.Below(42))
        {
            mount.VolumeOptions = mount.Type == "volume" ? mount.VolumeOptions : null;
            mount.TmpfsOptions = mount.Type == "tmpfs" ? mount.TmpfsOptions : null;
            mount.BindOptions = mount.Type == "bind" ? mount.BindOptions : null;
            if (mount.BindOptions is { } bind)
            {
                bind.CreateMountpoint = false;
            }
        }
        Refuse(mount.VolumeOptions is not null && mount.Type != "volume", $"VolumeOptions must not be specified on mount type \"{mount.Type}\"");
        Refuse(mount.BindOptions is not null && mount.Type != "bind", $"BindOptions must not be specified on mount type \"{mount.Type}\"");
        Refuse(mount.TmpfsOptions is not null && mount.Type != "tmpfs", $"TmpfsOptions must not be specified on mount type \"{mount.Type}\"");
        Refuse(mount.ImageOptions is not null && mount.Type != "image", $"ImageOptions must not be specified on mount type \"{mount.Type}\"");
        Refuse(version.Below(44) && mount.BindOptions is { ReadOnlyForceRecursive: true }, "BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
        Refuse(version.Below(45) && !string.IsNullOrEmpty(mount.VolumeOptions?.Subpath), "VolumeOptions.Subpath needs API v1.45 or newer");
        Refuse(version.Below(48) && mount.Type == "image", "Mount type \"Image\" needs API v1.48 or newer");
        if (version.Below(44) && mount is { Type: "bind", ReadOnly: true })
        {
            // Before 1.44 read-only was never recursive.
            (mount.BindOptions ??= new BindOptions()).ReadOnlyNonRecursive = true;
        }
    }

    /// <summary>The address was the container's up to 1.43, the endpoint's since; the old place still counts, as clients that ask for the newest version use it.</summary>
    private static void ApplyMacAddress(ContainerCreateRequest request, HostConfig host, ApiVersion version, List<string> warnings)
    {
        var endpoints = request.NetworkingConfig?.EndpointsConfig;
        if (version.Below(44) && string.IsNullOrEmpty(request.MacAddress))
        {
            foreach (var endpoint in endpoints?.Values ?? Enumerable.Empty<EndpointSettings?>())
            {
                endpoint?.MacAddress = "";
            }
            return;
        }
        if (string.IsNullOrEmpty(request.MacAddress))
        {
            return;
        }
        var mode = host.NetworkMode is null or "" or "default" ? "bridge" : host.NetworkMode;
        Refuse(version.Below(44) && (mode is "host" or "none" || mode.StartsWith("container:", StringComparison.Ordinal)), "conflicting options: mac-address and the network mode");
        endpoints = (request.NetworkingConfig ??= new NetworkingConfig()).EndpointsConfig ??= [];
        var key = endpoints.ContainsKey(mode) || !endpoints.ContainsKey("default") ? mode : "default";
        var main = endpoints.TryGetValue(key, out var found) && found is not null ? found : endpoints[key] = new EndpointSettings();
        Refuse(
            version.AtLeast(44) && !string.IsNullOrEmpty(main!.MacAddress) && main.MacAddress != request.MacAddress,
            "the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");
        main!.MacAddress = request.MacAddress;
        if (version.AtLeast(44))
        {
            warnings.Add("The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.");
        }
    }

    private static void CheckSysctls(HostConfig host, ApiVersion version)
    {
        foreach (var name in host.Sysctls?.Keys ?? Enumerable.Empty<string>())
        {
            var parts = name.Split('.', 5);
            Refuse(
                version.AtLeast(48) && parts is ["net", _, _, _, _] && parts[3].StartsWith("eth", StringComparison.Ordinal),
                $"interface specific sysctl setting \"{name}\" must be supplied using driver option 'com.docker.network.endpoint.sysctls'");
        }
    }

    private static void Warn(HostConfig host, ApiVersion version, List<string> warnings)
    {
        if (version.AtLeast(48) && !string.IsNullOrEmpty(host.VolumeDriver) &&
            (host.Mounts ?? []).Any(mount => mount.Type == "volume" && string.IsNullOrEmpty(mount.VolumeOptions?.DriverConfig?.Name)))
        {
            warnings.Add("WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead");
        }
        string[] unbound = version.AtLeast(52) ? [.. (host.PortBindings ?? []).Where(entry => entry.Value is null or []).Select(entry => entry.Key)] : [];
        if (unbound.Length > 0)
        {
            warnings.Add($"Following container port(s) have an empty list of port-bindings: {string.Join(", ", unbound)}. Starting with API 1.53, such bindings will be discarded.");
        }
    }

    private static void Refuse(bool broken, string message)
    {
        if (broken)
        {
            throw DockerException.BadRequest(message);
        }
    }
}
