using System.Globalization;
using Naru.Core.Errors;
using Naru.Core.Units;

namespace Naru.Builds.Dockerfiles;

internal enum RunMountKind
{
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

internal enum CacheSharing
{
    Shared,
    Private,
    Locked,
}

/// <summary>A <c>RUN --mount</c>.</summary>
internal sealed record RunMount
{
    public RunMountKind Kind { get; init; }

    public string From { get; init; } = "";

    public string Source { get; init; } = "";

    public string Target { get; init; } = "";

    public string Id { get; init; } = "";

    public string Environment { get; init; } = "";

    public bool ReadOnly { get; init; }

    public bool Required { get; init; }

    public CacheSharing Sharing { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    public uint? Mode { get; init; }

    public ByteSize Size { get; init; }
}

/// <summary>Understands <c>type=cache,target=/x,…</c>.</summary>
internal static class MountParser
{
    /// <summary>Finds faults that do not depend on variables.</summary>
    public static void Check(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            _ = Parse(text);
        }
    }

    public static RunMount Parse(string text)
    {
        var mount = new RunMount();
        var readOnly = (bool?)null;
        var kind = "bind";
        foreach (var field in text.Split(','))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            var value = equals < 0 ? "" : field[(equals + 1)..];
            switch (key)
            {
                case "type":
                    kind = value;
                    break;
                case "readonly" or "ro":
                    readOnly = Truth(key, value, equals < 0);
                    break;
                case "readwrite" or "rw":
                    readOnly = !Truth(key, value, equals < 0);
                    break;
                case "required":
                    mount = mount with { Required = Truth(key, value, equals < 0) };
                    break;
                default:
                    mount = equals < 0 ? throw NaruException.Invalid($"invalid field '{field}' must be a key=value pair") : Set(mount, key, value);
                    break;
            }
        }

        return Finish(mount, kind, readOnly);
    }

    private static RunMount Set(RunMount mount, string key, string value) => key switch
    {
        "from" => mount with { From = value },
        "source" or "src" => mount with { Source = value },
        "target" or "dst" or "destination" => mount with { Target = value },
        "id" => mount with { Id = value },
        "env" => mount with { Environment = value },
        "uid" => mount with { User = Number(key, value) },
        "gid" => mount with { Group = Number(key, value) },
        "mode" => mount with { Mode = Octal(value) },
        "size" => mount with { Size = ByteSize.TryParse(value, out var size) ? size : throw NaruException.Invalid($"invalid value for size: {value}") },
        "sharing" => mount with
        {
            Sharing = value.ToLowerInvariant() switch
            {
                "shared" => CacheSharing.Shared,
                "private" => CacheSharing.Private,
                "locked" => CacheSharing.Locked,
                _ => throw NaruException.Invalid($"unsupported sharing value \"{value}\""),
            },
        },
        _ => throw NaruException.Invalid($"unexpected key '{key}' in '{key}={value}'"),
    };

    private static RunMount Finish(RunMount mount, string kindWord, bool? readOnly)
    {
        var kind = kindWord.ToLowerInvariant() switch
        {
            "bind" => RunMountKind.Bind,
            "cache" => RunMountKind.Cache,
            "tmpfs" => RunMountKind.Tmpfs,
            "secret" => RunMountKind.Secret,
            "ssh" => RunMountKind.Ssh,
            _ => throw NaruException.Invalid($"unsupported mount type \"{kindWord}\""),
        };
        if (readOnly is not null && kind is not (RunMountKind.Bind or RunMountKind.Cache))
        {
            throw NaruException.Invalid($"unexpected key '{(readOnly.Value ? "readonly" : "rw")}' for mount type '{kindWord}'");
        }

        if (mount.Target.Length == 0 && (kind is RunMountKind.Bind or RunMountKind.Cache or RunMountKind.Tmpfs))
        {
            throw NaruException.Invalid("target is required");
        }

        if (kind == RunMountKind.Secret && mount.Id.Length == 0 && mount.Source.Length == 0 && mount.Target.Length == 0)
        {
            throw NaruException.Invalid("invalid secret mount. one of source, target required");
        }

        return mount with { Kind = kind, ReadOnly = readOnly ?? kind == RunMountKind.Bind };
    }

    private static bool Truth(string key, string value, bool alone) => alone || value.ToLowerInvariant() switch
    {
        "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        _ => throw NaruException.Invalid($"invalid value for {key}: {value}"),
    };

    private static uint Number(string key, string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number
        : throw NaruException.Invalid($"invalid value {value} for {key}");

    private static uint Octal(string value)
    {
        try
        {
            return value.Length is > 0 and <= 5 && Convert.ToUInt32(value, 8) is <= 0xFFF and var mode ? mode : throw new FormatException();
        }
        catch (FormatException)
        {
            throw NaruException.Invalid($"invalid value {value} for mode");
        }
    }
}
