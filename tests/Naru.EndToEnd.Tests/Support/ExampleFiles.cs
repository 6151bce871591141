namespace Naru.EndToEnd.Tests.Support;

/// <summary>The repository's <c>examples/</c>, and the image that <c>./up</c> builds of the first.</summary>
internal static class ExampleFiles
{
    public static string Folder { get; } = Find();

    /// <summary>Builds naru-hello, unless it is there.</summary>
    /// <param name="docker">Runs the docker command, fails the test unless it succeeds, and returns its output.</param>
    public static async Task BuildHelloAsync(Func<string[], Task<string>> docker)
    {
        if ((await docker(["images", "-q", "naru-hello"])).Length > 0)
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("naru-hello-");
        try
        {
            foreach (var file in Directory.GetFiles(Path.Combine(Folder, "hello")).Append("/bin/busybox"))
            {
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            }

            await docker(["build", "-q", "-t", "naru-hello", folder.FullName]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Naru.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run from the repository");
        }

        return Path.Combine(folder.FullName, "examples");
    }
}
