using Microsoft.Win32.SafeHandles;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Volumes;

/// <summary>
/// A file or directory inside a volume, held open so that nobody can swap it for a link between the check and the mount.
/// <see cref="HostPath"/> serves as the source of a bind mount in any process of the host until disposal.
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
            if (depth < 0 || subpath[0] == '/')
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

    public void Dispose() => _file.Dispose();
}
