namespace Naru.Linux.Hosts;

/// <summary>Finds programs as a shell would.</summary>
public static class Programs
{
    private static readonly string[] Inits =
    [
        "/usr/libexec/docker/docker-init", "/usr/bin/docker-init", "/usr/local/bin/docker-init", "/usr/bin/tini-static",
        "/usr/libexec/podman/catatonit", "/usr/bin/catatonit", "/usr/bin/tini",
    ];

    /// <summary>Path of a program by its path or name; null: not installed.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : null;
        }

        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"])
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>Path of a small init for containers; empty: none installed.</summary>
    public static string FindInit() => Inits.FirstOrDefault(File.Exists) ?? "";
}
