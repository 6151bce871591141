using System.Collections.Immutable;
using Naru.Core.Images;
using Naru.Core.Networks;

namespace Naru.Core.Containers;

/// <summary>The law by which an image's configuration fills what a caller left open (Docker's merge at create).</summary>
public static class ImageDefaults
{
    /// <summary>The spec with the image's defaults in place of what was not asked.</summary>
    public static ContainerSpec Merge(ContainerSpec asked, ImageConfig image)
    {
        var process = asked.Process;
        var entrypoint = process.Entrypoint;
        var command = process.Command;
        if (entrypoint is not { Length: > 0 })
        {
            command = command is { Length: > 0 } ? command : image.Command;
            entrypoint ??= image.Entrypoint;
        }
        else if (entrypoint.Value is [""])
        {
            // An empty word asks for no entry point at all, and then the image's arguments make no sense either.
            entrypoint = null;
        }

        return asked with
        {
            Process = process with
            {
                Entrypoint = entrypoint,
                Command = command,
                Environment = MergeEnvironment(image.Environment, process.Environment),
                WorkingDirectory = string.IsNullOrEmpty(process.WorkingDirectory) ? NullIfEmpty(image.WorkingDirectory) : process.WorkingDirectory,
                User = string.IsNullOrEmpty(process.User) ? NullIfEmpty(image.User) : process.User,
                StopSignal = string.IsNullOrEmpty(process.StopSignal) ? NullIfEmpty(image.StopSignal) : process.StopSignal,
                StopTimeout = process.StopTimeout ?? image.StopTimeout,
                Shell = process.Shell is { Length: > 0 } ? process.Shell : image.Shell,
            },
            Labels = MergeLabels(image.Labels, asked.Labels),
            HealthCheck = MergeHealthCheck(image.HealthCheck, asked.HealthCheck),
            AnonymousVolumes = [.. asked.AnonymousVolumes.Union(image.Volumes, StringComparer.Ordinal)],
            Network = asked.Network with { Exposed = [.. asked.Network.Exposed.Union(image.ExposedPorts.Select(ParsePort))] },
        };
    }

    /// <summary>The image's variables, then the caller's; the caller's win by name.</summary>
    public static ImmutableArray<string> MergeEnvironment(ImmutableArray<string> image, ImmutableArray<string> asked)
    {
        var named = asked.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return [.. asked, .. image.Where(entry => !named.Contains(NameOf(entry)))];
    }

    private static string NameOf(string entry)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? entry : entry[..equals];
    }

    private static ImmutableSortedDictionary<string, string> MergeLabels(
        ImmutableSortedDictionary<string, string>? image, ImmutableSortedDictionary<string, string> asked) =>
        image is null ? asked : image.SetItems(asked);

    private static HealthCheckSpec? MergeHealthCheck(HealthCheckSpec? image, HealthCheckSpec? asked)
    {
        if (asked is null || image is null)
        {
            return asked ?? image;
        }

        return new HealthCheckSpec
        {
            Test = asked.Test.Length > 0 ? asked.Test : image.Test,
            Interval = asked.Interval ?? image.Interval,
            Timeout = asked.Timeout ?? image.Timeout,
            StartPeriod = asked.StartPeriod ?? image.StartPeriod,
            StartInterval = asked.StartInterval ?? image.StartInterval,
            Retries = asked.Retries ?? image.Retries,
        };
    }

    private static PortSpec ParsePort(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var number = slash < 0 ? text : text[..slash];
        return new PortSpec(ushort.TryParse(number, out var port) ? port : (ushort)0, slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant());
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
