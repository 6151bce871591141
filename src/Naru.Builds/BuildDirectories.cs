using Naru.Core.Lifetime;

namespace Naru.Builds;

/// <summary>Where builds keep things.</summary>
internal sealed class BuildDirectories(EngineDirectories directories)
{
    /// <summary>Records of the cache.</summary>
    public string Cache => Made(directories.DataPath("builds", "cache"));

    /// <summary>Contents of <c>RUN --mount=type=cache</c>.</summary>
    public string CacheMounts => Made(directories.DataPath("builds", "mounts"));

    /// <summary>Files that sessions sent, kept for the next build.</summary>
    public string KeptContexts => Made(directories.DataPath("builds", "contexts"));

    /// <summary>What lives no longer than a build; emptied at start.</summary>
    public string Temporary => Made(directories.DataPath("builds", "tmp"));

    /// <summary>Secrets and sockets; in memory, emptied at start.</summary>
    public string Live => Made(directories.RunPath("builds"));

    public string NewContext() => New(Temporary);

    public string NewLive() => New(Live);

    private static string New(string parent) => Made(Path.Combine(parent, Guid.NewGuid().ToString("N")));

    private static string Made(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
