namespace Naru.EndToEnd.Tests.Support;

/// <summary>Where the unmodified clients are; tests/clients/install brings those that a machine lacks.</summary>
internal static class Clients
{
    public static string Folder => Naru.Testing.Running.ClientsFolder.Path;

    /// <summary>The newest docker command here; a plug-in folder next to it is not used.</summary>
    public static string Docker { get; } = First("/usr/local/bin/docker", $"{Folder}/docker-cli/usr/bin/docker", "/usr/bin/docker");

    /// <summary>Debian 12's docker command, 20.10.</summary>
    public static string OldDocker { get; } = "/usr/bin/docker";

    public static string OldCompose { get; } = "/usr/bin/docker-compose";

    public static string Compose { get; } = $"{Folder}/docker-compose/usr/libexec/docker/cli-plugins/docker-compose";

    public static string Buildx { get; } = $"{Folder}/docker-buildx/usr/libexec/docker/cli-plugins/docker-buildx";

    /// <summary>The machine's own kubectl, else that of Debian 13.</summary>
    public static string Kubectl { get; } = First("/usr/local/bin/kubectl", "/usr/bin/kubectl", $"{Folder}/bin/kubectl");

    public static string NodeModules { get; } = $"{Folder}/node_modules";

    /// <summary>Skips the running test, saying what the machine lacks.</summary>
    public static void Need(string path)
    {
        Assert.SkipUnless(Naru.Testing.Running.Command.Exists(path), $"{path} is not on this machine (tests/clients/install brings it)");
    }

    private static string First(params string[] paths) => paths.FirstOrDefault(File.Exists) ?? paths[^1];
}
