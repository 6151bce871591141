using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Bundles;

/// <summary>Where processes start. A directory below another process's descriptors would lead out of the container, so it is refused.</summary>
internal static class WorkingDirectories
{
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: not absolute, or it leads through /proc/…/fd.</exception>
    public static void Check(string directory)
    {
        if (!directory.StartsWith('/'))
        {
            throw NaruException.Invalid($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        }

        var parts = Normalise(directory).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["proc", _, ..] && parts.Any(static part => part is "fd" or "fdinfo" or "root" or "cwd" or "map_files"))
        {
            throw NaruException.Invalid($"the working directory '{directory}' is invalid: it leads to another process's files");
        }
    }

    /// <summary>
    /// The path with <c>.</c> and <c>..</c> taken by the text, as Docker does it: the kernel would follow a descriptor's link before
    /// it goes up from there.
    /// </summary>
    public static string Normalise(string directory)
    {
        var clean = Path.GetFullPath(directory);
        return clean.Length > 1 ? clean.TrimEnd('/') : clean;
    }

    /// <summary>Makes the directory inside the root where it is missing; it is the owner's, whom the container knows as root.</summary>
    public static void Prepare(RootedDirectory root, string directory, uint owner = 0)
    {
        Check(directory);
        directory = Normalise(directory);
        try
        {
            root.CreateDirectories(directory, user: owner, group: owner);
            Check(root.Resolve(directory));
        }
        catch (LinuxException failure) when (failure.Errno is Errno.NotADirectory or Errno.Exists)
        {
            throw NaruException.Invalid($"Cannot mkdir: {directory} is not a directory");
        }
    }
}
