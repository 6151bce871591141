namespace Naru.Linux.Doctor;

/// <summary>Where programs of other projects lie.</summary>
public static class ToolPaths
{
    private static readonly string[] Directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec/podman", "/usr/lib/podman"];
    private static readonly string[] Inits = ["docker-init", "tini-static", "catatonit", "tini"];

    /// <summary>The path of a program by name or path; null when it is not installed.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : null;
        }

        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(Directories).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>The small init for containers; null when there is none.</summary>
    public static string? FindInit() => Inits.Select(Find).FirstOrDefault(path => path is not null);
}
