using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Units;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Binds, tmpfs and mounts, both ways.</summary>
internal static class MountMap
{
    private static readonly string[] Propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

    public static ImmutableArray<MountSpec> ToCore(HostConfig host) =>
    [
        .. (host.Binds ?? []).Select(OfBind),
        .. (host.Tmpfs ?? []).Select(entry => OfTmpfs(entry.Key, entry.Value ?? "")),
        .. (host.Mounts ?? []).Select(OfMount),
    ];

    public static string CheckTarget(string target)
    {
        if (target.Length == 0 || target[0] != '/')
        {
            throw DockerException.BadRequest($"invalid mount config: invalid mount path: '{target}' mount path must be absolute");
        }
        return Clean(target) == "/"
            ? throw DockerException.BadRequest($"invalid volume specification: '{target}': invalid mount config: destination can't be '/'")
            : target;
    }

    /// <summary>The bind as it was written.</summary>
    public static string ShowBind(MountSpec mount)
    {
        var text = mount.Source.Length == 0 ? mount.Target : $"{mount.Source}:{mount.Target}";
        return mount.Mode.Length == 0 ? text : $"{text}:{mount.Mode}";
    }

    public static Mount Show(MountSpec mount) => new()
    {
        Type = mount.Kind switch { MountKind.Bind => "bind", MountKind.Volume => "volume", MountKind.Tmpfs => "tmpfs", MountKind.Image => "image" },
        Source = WireMaps.NullIfEmpty(mount.Source),
        Target = mount.Target,
        ReadOnly = mount.ReadOnly,
        Consistency = WireMaps.NullIfEmpty(mount.Consistency),
        BindOptions = mount.Kind == MountKind.Bind ? ShowBindOptions(mount) : null,
        VolumeOptions = mount.Kind == MountKind.Volume ? ShowVolumeOptions(mount) : null,
        ImageOptions = mount.Kind == MountKind.Image && mount.Subpath.Length > 0 ? new ImageOptions { Subpath = mount.Subpath } : null,
        TmpfsOptions = mount.Kind == MountKind.Tmpfs && (mount.TmpfsSize.Bytes != 0 || mount.TmpfsMode is not null || !mount.TmpfsOptions.IsEmpty)
            ? new TmpfsOptions
            {
                SizeBytes = mount.TmpfsSize.Bytes,
                Mode = mount.TmpfsMode ?? 0,
                Options = mount.TmpfsOptions.IsEmpty ? null : [.. mount.TmpfsOptions.Select(option => option.ToArray())],
            }
            : null,
    };

    private static MountSpec OfBind(string bind)
    {
        var parts = bind.Split(':');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0))
        {
            throw DockerException.BadRequest($"invalid volume specification: '{bind}'");
        }
        var (source, target, mode) = parts.Length switch
        {
            1 => ("", parts[0], ""),
            2 when parts[1][0] != '/' && parts[0][0] == '/' => ("", parts[0], parts[1]),
            2 => (parts[0], parts[1], ""),
            _ => (parts[0], parts[1], parts[2]),
        };
        if (target[0] != '/')
        {
            throw DockerException.BadRequest($"invalid volume specification: '{bind}': invalid mount config for type \"{(source.StartsWith('/') ? "bind" : "volume")}\": invalid mount path: '{target}' mount path must be absolute");
        }
        if (Clean(target) == "/")
        {
            throw DockerException.BadRequest($"invalid volume specification: '{bind}': invalid mount config for type \"bind\": invalid specification: destination can't be '/'");
        }
        var words = mode.Length == 0 ? [] : mode.Split(',');
        var isBind = source.StartsWith('/');
        CheckWords(words, mode, isBind);
        if (!isBind && source.Length > 0)
        {
            CheckVolumeName(source);
        }
        return new MountSpec
        {
            Kind = isBind ? MountKind.Bind : MountKind.Volume,
            Source = source,
            Target = target,
            ReadOnly = words.Contains("ro"),
            ShortForm = true,
            Mode = mode,
            Propagation = words.FirstOrDefault(Propagations.Contains) ?? "",
            NoCopy = words.Contains("nocopy"),
            CreateSource = isBind,
        };
    }

    private static void CheckWords(string[] words, string mode, bool isBind)
    {
        foreach (var word in words)
        {
            var known = word is "ro" or "rw" or "z" or "Z" or "consistent" or "cached" or "delegated" or "default" ||
                (isBind ? Propagations.Contains(word) : word is "nocopy" or "copy");
            if (!known)
            {
                throw DockerException.BadRequest($"invalid mode: {mode}");
            }
        }
        if ((words.Contains("ro") && words.Contains("rw")) || words.Distinct().Count() != words.Length || words.Count(Propagations.Contains) > 1)
        {
            throw DockerException.BadRequest($"invalid mode: {mode}");
        }
    }

    private static void CheckVolumeName(string name)
    {
        if (name.Length < 2 || !char.IsAsciiLetterOrDigit(name[0]) || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '.' or '-')))
        {
            throw DockerException.BadRequest(name.Length == 1
                ? $"create {name}: volume name is too short, names should be at least two alphanumeric characters"
                : $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path");
        }
    }

    private static MountSpec OfTmpfs(string target, string options) => new()
    {
        Kind = MountKind.Tmpfs,
        Target = CheckTarget(target),
        ShortForm = true,
        Mode = options,
        ReadOnly = options.Split(',').Contains("ro"),
    };

    private static MountSpec OfMount(Mount mount)
    {
        var kind = mount.Type switch
        {
            "bind" => MountKind.Bind,
            "volume" => MountKind.Volume,
            "tmpfs" => MountKind.Tmpfs,
            "image" => MountKind.Image,
            null or "" => throw DockerException.BadRequest("invalid mount config for type \"\": mount type unknown"),
            "npipe" or "cluster" => throw DockerException.BadRequest($"invalid mount config for type \"{mount.Type}\": mount type is not supported on this host"),
            _ => throw DockerException.BadRequest($"invalid mount config for type \"{mount.Type}\": mount type unknown: \"{mount.Type}\""),
        };
        var target = mount.Target ?? "";
        var source = mount.Source ?? "";
        CheckMount(mount, kind, source, target);
        var volume = mount.VolumeOptions;
        return new MountSpec
        {
            Kind = kind,
            Source = source,
            Target = target,
            ReadOnly = mount.ReadOnly,
            Consistency = mount.Consistency ?? "",
            Propagation = mount.BindOptions?.Propagation ?? "",
            NonRecursive = mount.BindOptions?.NonRecursive ?? false,
            CreateSource = mount.BindOptions?.CreateMountpoint ?? false,
            ReadOnlyNonRecursive = mount.BindOptions?.ReadOnlyNonRecursive ?? false,
            ReadOnlyForceRecursive = mount.BindOptions?.ReadOnlyForceRecursive ?? false,
            NoCopy = volume?.NoCopy ?? false,
            Subpath = volume?.Subpath ?? mount.ImageOptions?.Subpath ?? "",
            VolumeDriver = volume?.DriverConfig?.Name ?? "",
            VolumeOptions = WireMaps.Sorted(volume?.DriverConfig?.Options),
            VolumeLabels = WireMaps.Sorted(volume?.Labels),
            TmpfsSize = new ByteSize(mount.TmpfsOptions?.SizeBytes ?? 0),
            TmpfsMode = mount.TmpfsOptions is { Mode: not 0 } tmpfs ? (int)tmpfs.Mode : null,
            TmpfsOptions = [.. (mount.TmpfsOptions?.Options ?? []).Select(WireMaps.List)],
        };
    }

    private static void CheckMount(Mount mount, MountKind kind, string source, string target)
    {
        string? problem = null;
        if (target.Length == 0)
        {
            problem = "field Target must not be empty";
        }
        else if (target[0] != '/')
        {
            problem = $"invalid mount path: '{target}' mount path must be absolute";
        }
        else if (Clean(target) == "/")
        {
            problem = "invalid specification: destination can't be '/'";
        }
        else if (kind is MountKind.Bind or MountKind.Image && source.Length == 0)
        {
            problem = "field Source must not be empty";
        }
        else if (kind == MountKind.Bind && source[0] != '/')
        {
            problem = $"invalid mount path: '{source}' mount path must be absolute";
        }
        else if (kind == MountKind.Tmpfs && source.Length > 0)
        {
            problem = "field Source must not be specified";
        }
        else if (kind == MountKind.Bind && mount.BindOptions?.Propagation is { Length: > 0 } propagation && !Propagations.Contains(propagation))
        {
            problem = $"invalid propagation mode: {propagation}";
        }
        else if (mount.TmpfsOptions?.SizeBytes < 0)
        {
            problem = "invalid tmpfs size: it cannot be negative";
        }
        if (problem is not null)
        {
            throw DockerException.BadRequest($"invalid mount config for type \"{mount.Type}\": {problem}");
        }
        if (kind == MountKind.Volume && source.Length > 0)
        {
            CheckVolumeName(source);
        }
    }

    private static BindOptions? ShowBindOptions(MountSpec mount)
    {
        var options = new BindOptions
        {
            Propagation = WireMaps.NullIfEmpty(mount.Propagation),
            NonRecursive = mount.NonRecursive,
            CreateMountpoint = mount.CreateSource,
            ReadOnlyNonRecursive = mount.ReadOnlyNonRecursive,
            ReadOnlyForceRecursive = mount.ReadOnlyForceRecursive,
        };
        return options == new BindOptions() ? null : options;
    }

    private static VolumeOptions? ShowVolumeOptions(MountSpec mount)
    {
        var driver = mount.VolumeDriver.Length == 0 && mount.VolumeOptions.IsEmpty
            ? null
            : new DriverConfig { Name = WireMaps.NullIfEmpty(mount.VolumeDriver), Options = WireMaps.MapOrNull(mount.VolumeOptions) };
        var labels = WireMaps.MapOrNull(mount.VolumeLabels);
        return driver is null && labels is null && !mount.NoCopy && mount.Subpath.Length == 0
            ? null
            : new VolumeOptions { NoCopy = mount.NoCopy, Labels = labels, DriverConfig = driver, Subpath = WireMaps.NullIfEmpty(mount.Subpath) };
    }

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }
        return "/" + string.Join('/', parts);
    }
}
