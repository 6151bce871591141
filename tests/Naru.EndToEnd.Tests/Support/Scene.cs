namespace Naru.EndToEnd.Tests.Support;

/// <summary>Names for one test's containers, networks, volumes and images, all removed at its end.</summary>
public sealed class Scene(Engine engine) : IAsyncDisposable
{
    private readonly string _suffix = Guid.NewGuid().ToString("n")[..8];
    private readonly List<string> _containers = [];
    private readonly List<string> _networks = [];
    private readonly List<string> _volumes = [];
    private readonly List<string> _images = [];
    private readonly List<string> _folders = [];

    public string Container(string name) => Kept(_containers, name);

    public string Network(string name) => Kept(_networks, name);

    public string Volume(string name) => Kept(_volumes, name);

    public string Image(string name) => Kept(_images, name);

    public string Folder()
    {
        var folder = Directory.CreateTempSubdirectory("naru-e2e-scene-").FullName;
        _folders.Add(folder);
        return folder;
    }

    /// <summary>Starts a container in the background and returns its name.</summary>
    public async Task<string> StartAsync(string name, string[] options, params string[] command)
    {
        var unique = Container(name);
        await engine.DockerOkAsync(["run", "-d", "--name", unique, .. options, Engine.Image, .. command]);
        return unique;
    }

    /// <summary>A container that does nothing until it is stopped, and stops at once.</summary>
    public Task<string> SleeperAsync(string name, params string[] options) => StartAsync(name, ["--stop-signal", "KILL", .. options], "sleep", "1000");

    public async ValueTask DisposeAsync()
    {
        if (_containers.Count > 0)
        {
            await engine.DockerAsync(["rm", "-f", "-v", .. _containers]);
        }

        foreach (var network in _networks)
        {
            await engine.DockerAsync("network", "rm", network);
        }

        foreach (var volume in _volumes)
        {
            await engine.DockerAsync("volume", "rm", "-f", volume);
        }

        if (_images.Count > 0)
        {
            await engine.DockerAsync(["rmi", "-f", .. _images]);
        }

        foreach (var folder in _folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Kept(List<string> kept, string name)
    {
        var unique = $"{name}-{_suffix}";
        kept.Add(unique);
        return unique;
    }
}
