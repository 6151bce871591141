using Naru.Core.Errors;

namespace Naru.Agent.Sandboxes;

/// <summary>The program of sandboxes: catatonit, which can wait without running anything (<c>-P</c>) and is linked statically, so that it needs nothing in its root.</summary>
internal static class SandboxProgram
{
    private static readonly string[] Places = ["/usr/libexec/podman/catatonit", "/usr/bin/catatonit", "/usr/lib/podman/catatonit", "/usr/local/bin/catatonit"];

    /// <summary>Its path.</summary>
    /// <exception cref="NaruException">FailedPrecondition: this host has none.</exception>
    public static string Find(AgentOptions options)
    {
        var path = options.SandboxProgram.Length > 0 ? options.SandboxProgram : Array.Find(Places, File.Exists);
        return path is not null && File.Exists(path) ? path : throw new NaruException(ErrorKind.FailedPrecondition, "this host has no catatonit, which pods need: apt-get install catatonit");
    }
}
