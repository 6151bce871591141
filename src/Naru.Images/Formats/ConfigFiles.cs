using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Formats;

/// <summary>Configuration files to images and back.</summary>
internal static class ConfigFiles
{
    /// <summary>Largest configuration file that is taken, in bytes.</summary>
    internal const int Limit = 8 << 20;

    /// <summary>Reads a configuration file. <see cref="ErrorKind.InvalidArgument"/> if it is none.</summary>
    internal static Image Read(ReadOnlyMemory<byte> bytes)
    {
        ConfigFile file;
        try
        {
            file = JsonSerializer.Deserialize(bytes.Span, FormatsJson.Default.ConfigFile) ?? throw new JsonException("null");
        }
        catch (JsonException broken)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"invalid image configuration: {broken.Message}", broken);
        }

        if (file.RootFileSystem?.DiffIds is not { } diffIds)
        {
            throw NaruException.Invalid("invalid image configuration: it names no layers (rootfs.diff_ids)");
        }

        return new()
        {
            Id = Digest.Of(bytes.Span),
            ConfigBytes = bytes,
            Config = ToConfig(file.Config ?? new()),
            Platform = new()
            {
                Os = string.IsNullOrEmpty(file.Os) ? "linux" : file.Os,
                Architecture = file.Architecture ?? "",
                Variant = string.IsNullOrEmpty(file.Variant) ? null : file.Variant,
                OsVersion = string.IsNullOrEmpty(file.OsVersion) ? null : file.OsVersion,
            },
            Layers = new([.. diffIds.Select(Digest.Parse)]),
            History = [.. (file.History ?? []).Select(line => new HistoryEntry
            {
                Created = ParseTime(line.Created),
                CreatedBy = line.CreatedBy ?? "",
                Author = line.Author ?? "",
                Comment = line.Comment ?? "",
                EmptyLayer = line.EmptyLayer,
            })],
            Created = ParseTime(file.Created),
            Author = file.Author ?? "",
            Comment = file.Comment ?? "",
            MadeBy = file.DockerVersion ?? "",
        };
    }

    /// <summary>The file of a new image.</summary>
    internal static byte[] Write(ImageDraft draft, Platform platform, DateTimeOffset created)
    {
        var file = new ConfigFile
        {
            Architecture = platform.Architecture,
            Author = NullIfEmpty(draft.Author),
            Comment = NullIfEmpty(draft.Comment),
            Config = FromConfig(draft.Config),
            Created = FormatTime(draft.Created ?? created),
            History = [.. draft.History.Select(entry => new HistoryLine
            {
                Created = entry.Created is { } time ? FormatTime(time) : null,
                CreatedBy = NullIfEmpty(entry.CreatedBy),
                Author = NullIfEmpty(entry.Author),
                Comment = NullIfEmpty(entry.Comment),
                EmptyLayer = entry.EmptyLayer,
            })],
            Os = platform.Os,
            OsVersion = platform.OsVersion,
            RootFileSystem = new() { Type = "layers", DiffIds = [.. draft.Layers.DiffIds.Select(diff => diff.Value)] },
            Variant = platform.Variant,
        };
        return JsonSerializer.SerializeToUtf8Bytes(file, FormatsJson.Default.ConfigFile);
    }

    private static ImageConfig ToConfig(RunConfig config) => new()
    {
        User = config.User ?? "",
        ExposedPorts = [.. config.ExposedPorts?.Keys ?? Enumerable.Empty<string>()],
        Environment = [.. config.Env ?? []],
        Entrypoint = config.Entrypoint is { } entrypoint ? [.. entrypoint] : null,
        Command = config.Cmd is { } command ? [.. command] : null,
        Volumes = [.. config.Volumes?.Keys ?? Enumerable.Empty<string>()],
        WorkingDirectory = config.WorkingDir ?? "",
        Labels = config.Labels?.ToImmutableSortedDictionary(StringComparer.Ordinal),
        StopSignal = config.StopSignal ?? "",
        StopTimeout = config.StopTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        HealthCheck = config.Healthcheck is { } probe ? ToHealthCheck(probe) : null,
        OnBuild = [.. config.OnBuild ?? []],
        Shell = config.Shell is { } shell ? [.. shell] : null,
        ArgumentsEscaped = config.ArgsEscaped,
    };

    private static RunConfig FromConfig(ImageConfig config) => new()
    {
        User = config.User,
        ExposedPorts = config.ExposedPorts.IsEmpty ? null : ToSet(config.ExposedPorts),
        Env = [.. config.Environment],
        Entrypoint = config.Entrypoint is { } entrypoint ? [.. entrypoint] : null,
        Cmd = config.Command is { } command ? [.. command] : null,
        Volumes = config.Volumes.IsEmpty ? null : ToSet(config.Volumes),
        WorkingDir = config.WorkingDirectory,
        Labels = config.Labels is { } labels ? new(labels.ToDictionary(), StringComparer.Ordinal) : null,
        StopSignal = NullIfEmpty(config.StopSignal),
        StopTimeout = config.StopTimeout is { } time ? (int)time.TotalSeconds : null,
        Healthcheck = config.HealthCheck is { } check ? FromHealthCheck(check) : null,
        OnBuild = config.OnBuild.IsEmpty ? null : [.. config.OnBuild],
        Shell = config.Shell is { } shell ? [.. shell] : null,
        ArgsEscaped = config.ArgumentsEscaped,
    };

    private static HealthCheckSpec ToHealthCheck(HealthProbe probe) => new()
    {
        Test = [.. probe.Test ?? []],
        Interval = FromNanoseconds(probe.Interval),
        Timeout = FromNanoseconds(probe.Timeout),
        StartPeriod = FromNanoseconds(probe.StartPeriod),
        StartInterval = FromNanoseconds(probe.StartInterval),
        Retries = probe.Retries == 0 ? null : probe.Retries,
    };

    private static HealthProbe FromHealthCheck(HealthCheckSpec check) => new()
    {
        Test = [.. check.Test],
        Interval = ToNanoseconds(check.Interval),
        Timeout = ToNanoseconds(check.Timeout),
        StartPeriod = ToNanoseconds(check.StartPeriod),
        StartInterval = ToNanoseconds(check.StartInterval),
        Retries = check.Retries ?? 0,
    };

    private static TimeSpan? FromNanoseconds(long nanoseconds) => nanoseconds == 0 ? null : TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static long ToNanoseconds(TimeSpan? time) => (time ?? TimeSpan.Zero).Ticks * TimeSpan.NanosecondsPerTick;

    private static SortedDictionary<string, Nothing> ToSet(IEnumerable<string> names) =>
        new(names.Distinct(StringComparer.Ordinal).ToDictionary(name => name, _ => new Nothing()), StringComparer.Ordinal);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Go's zero time and garbage both mean "not said".</summary>
    private static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        && time.Year > 1 ? time : null;
}
