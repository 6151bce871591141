using Microsoft.Win32.SafeHandles;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Volumes;

/// <summary>
/// A file or directory inside a volume, held open so that nobody can swap it for a link between the check and the mount.
/// <see cref="HostPath"/> serves as the source of a bind mount within this mount namespace until disposal; for other namespaces, as that
/// which a runtime makes for a container, <see cref="ShowAt"/> gives it a place of its own.
/// </summary>
internal sealed class VolumeSubpath : IDisposable
{
    private readonly SafeFileHandle _file;

    private VolumeSubpath(SafeFileHandle file) => _file = file;

    internal string HostPath => $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}";

    /// <summary>Refuses, when a container is created, what can never lie in a volume.</summary>
    internal static void Check(string subpath)
    {
        var depth = 0;
        foreach (var part in subpath.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0 || subpath.StartsWith('/'))
            {
                throw NaruException.Invalid("invalid mount config for type \"volume\": subpath must be a relative path within the volume");
            }
        }
    }

    /// <summary>Resolves it inside the volume; links that lead outside end at the volume's own root.</summary>
    internal static VolumeSubpath Open(string volumePath, string subpath)
    {
        Check(subpath);
        using var volume = RootedDirectory.Open(volumePath);
        try
        {
            return new VolumeSubpath(volume.OpenReference(subpath));
        }
        catch (LinuxException failure)
        {
            throw new NaruException(
                failure.Errno == Errno.NotFound ? ErrorKind.NotFound : ErrorKind.InvalidArgument,
                $"cannot access path {volumePath}/{subpath}: {LinuxException.Describe(failure.Errno)}",
                failure);
        }
    }

    /// <summary>Mounts it at a place that is made for it; <see cref="Hide"/> takes both away.</summary>
    internal void ShowAt(string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (Directory.Exists(HostPath))
        {
            Directory.CreateDirectory(place);
        }
        else
        {
            File.Create(place).Dispose();
        }

        Mounter.Bind(HostPath, place, recursive: true);
    }

    /// <summary>Ends a <see cref="ShowAt"/>, also one of an earlier run. What shows there is never removed.</summary>
    internal static void Hide(string place)
    {
        Mounter.UnmountTree(place);
        if (Directory.Exists(place))
        {
            Directory.Delete(place);
        }
        else if (File.Exists(place))
        {
            File.Delete(place);
        }
    }

    public void Dispose() => _file.Dispose();
}
