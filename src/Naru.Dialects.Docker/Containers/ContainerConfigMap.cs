using Naru.Core.Containers;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>From a container back to <see cref="ContainerConfig"/>.</summary>
internal static class ContainerConfigMap
{
    public static ContainerConfig Show(Container container, HostDefaults defaults)
    {
        var spec = container.Spec;
        var process = spec.Process;
        return new ContainerConfig
        {
            Hostname = HostNameOf(container, defaults),
            Domainname = spec.DomainName ?? "",
            User = process.User ?? "",
            AttachStdin = process.AttachInput,
            AttachStdout = process.AttachOutput,
            AttachStderr = process.AttachError,
            ExposedPorts = spec.Network.Exposed.IsEmpty ? null : Set(spec.Network.Exposed.Select(port => port.ToString())),
            Tty = process.Terminal,
            OpenStdin = process.OpenInput,
            StdinOnce = process.InputOnce,
            Env = [.. process.Environment],
            Cmd = WireMaps.Array(process.Command),
            Healthcheck = HealthMap.ToWire(spec.HealthCheck),
            Image = spec.Image,
            Volumes = spec.AnonymousVolumes.IsEmpty ? null : Set(spec.AnonymousVolumes),
            WorkingDir = process.WorkingDirectory ?? "",
            Entrypoint = WireMaps.Array(process.Entrypoint),
            NetworkDisabled = spec.Network.Disabled,
            MacAddress = WireMaps.NullIfEmpty(spec.Network.MacAddress),
            Labels = WireMaps.Map(spec.Labels),
            StopSignal = process.StopSignal,
            StopTimeout = process.StopTimeout is { } timeout ? (int)timeout.TotalSeconds : null,
            Shell = WireMaps.Array(process.Shell),
        };
    }

    public static SortedDictionary<string, Empty?> Set(IEnumerable<string> names)
    {
        var set = new SortedDictionary<string, Empty?>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            set[name] = Empty.Instance;
        }
        return set;
    }

    private static string HostNameOf(Container container, HostDefaults defaults)
    {
        var spec = container.Spec;
        if (spec.Hostname is { Length: > 0 } asked)
        {
            return asked;
        }
        return spec.Network.Mode switch
        {
            "host" => defaults.HostName,
            var mode when mode.StartsWith("container:", StringComparison.Ordinal) => "",
            _ => spec.Isolation.UtsMode == "host" ? defaults.HostName : container.Id.Short,
        };
    }
}
