using Naru.Core.Errors;

namespace Naru.Containers.Lifecycle;

/// <summary>The programs that run containers, found once.</summary>
internal sealed class RuntimePrograms
{
    private static readonly string[] InitCandidates =
    [
        "/usr/libexec/docker/docker-init", "/usr/bin/docker-init", "/usr/local/bin/docker-init", "/usr/bin/tini-static",
        "/usr/libexec/podman/catatonit", "/usr/bin/catatonit",
    ];

    private readonly ContainersOptions _options;

    public RuntimePrograms(ContainersOptions options)
    {
        _options = options;
        Monitor = FindInPath(options.Monitor) ?? options.Monitor;
        InitPath = options.InitPath.Length > 0 ? options.InitPath : InitCandidates.FirstOrDefault(File.Exists) ?? "";
    }

    /// <summary>Path of the monitor.</summary>
    public string Monitor { get; }

    /// <summary>Path of the small init; empty: none on this host.</summary>
    public string InitPath { get; }

    /// <summary>The name a container's runtime goes by.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: unknown.</exception>
    public string NameOf(string asked)
    {
        var name = asked.Length == 0 ? _options.DefaultRuntime : asked;
        return _options.Runtimes.ContainsKey(name) ? name : throw NaruException.Invalid($"unknown or invalid runtime name: {name}");
    }

    /// <summary>Path of a runtime.</summary>
    public string PathOf(string name) => FindInPath(_options.Runtimes[NameOf(name)])
        ?? throw new NaruException(ErrorKind.FailedPrecondition, $"the OCI runtime {name} is not installed on this host ({_options.Runtimes[NameOf(name)]})");

    private static string? FindInPath(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : null;
        }

        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]);
        return directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }
}
