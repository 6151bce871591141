using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>The configuration of an image that is made of a container.</summary>
internal static class CommitMap
{
    public static Core.Images.ImageConfig ConfigOf(ContainerSpec spec) => new()
    {
        User = spec.Process.User ?? "",
        ExposedPorts = [.. spec.Network.Exposed.Select(port => port.ToString())],
        Environment = spec.Process.Environment,
        Entrypoint = spec.Process.Entrypoint,
        Command = spec.Process.Command,
        Volumes = spec.AnonymousVolumes,
        WorkingDirectory = spec.Process.WorkingDirectory ?? "",
        Labels = spec.Labels.IsEmpty ? null : spec.Labels,
        StopSignal = spec.Process.StopSignal ?? "",
        StopTimeout = spec.Process.StopTimeout,
        HealthCheck = spec.HealthCheck,
        Shell = spec.Process.Shell,
    };

    /// <summary>What the request gives wins; what it leaves open stays the container's.</summary>
    public static Core.Images.ImageConfig Overlay(Core.Images.ImageConfig config, ContainerConfig? asked)
    {
        if (asked is null)
        {
            return config;
        }
        var entrypoint = asked.Entrypoint is { Length: > 0 };
        return config with
        {
            User = asked.User is { Length: > 0 } user ? user : config.User,
            ExposedPorts = [.. config.ExposedPorts.Union((asked.ExposedPorts?.Keys ?? Enumerable.Empty<string>()).SelectMany(WireMaps.Ports).Select(port => port.ToString()))],
            Environment = ImageDefaults.MergeEnvironment(config.Environment, WireMaps.List(asked.Env)),
            Entrypoint = entrypoint ? [.. asked.Entrypoint!] : config.Entrypoint,
            Command = asked.Cmd is { Length: > 0 } command ? [.. command] : entrypoint ? null : config.Command,
            Volumes = [.. config.Volumes.Union(asked.Volumes?.Keys ?? Enumerable.Empty<string>())],
            WorkingDirectory = asked.WorkingDir is { Length: > 0 } directory ? directory : config.WorkingDirectory,
            Labels = asked.Labels is { Count: > 0 } labels ? (config.Labels ?? ImmutableSortedDictionary<string, string>.Empty).SetItems(labels) : config.Labels,
            StopSignal = asked.StopSignal is { Length: > 0 } signal ? signal : config.StopSignal,
            HealthCheck = HealthMap.ToCore(asked.Healthcheck) ?? config.HealthCheck,
            OnBuild = [.. config.OnBuild, .. asked.OnBuild ?? []],
            Shell = asked.Shell is { Length: > 0 } shell ? [.. shell] : config.Shell,
        };
    }
}
