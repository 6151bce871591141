using Naru.EndToEnd.Tests.Support;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary>Volumes, binds and tmpfs mounts.</summary>
public sealed class VolumeTests(Engine engine)
{
    [Fact]
    public async Task Named_OutlivesItsContainer()
    {
        await using var scene = new Scene(engine.Required());
        var volume = scene.Volume("named");
        await engine.DockerOkAsync("run", "--rm", "-v", $"{volume}:/data", Engine.Image, "sh", "-c", "echo kept >/data/file");
        Assert.Equal("kept", await engine.DockerOkAsync("run", "--rm", "-v", $"{volume}:/data:ro", Engine.Image, "cat", "/data/file"));
        Assert.Equal("local", await engine.DockerOkAsync("volume", "inspect", "-f", "{{.Driver}}", volume));
    }

    [Fact]
    public async Task Named_FirstUse_CopiesTheImagesContent()
    {
        await using var scene = new Scene(engine.Required());
        var volume = scene.Volume("copied");
        Assert.Equal("passwd", await engine.DockerOkAsync("run", "--rm", "-v", $"{volume}:/etc", Engine.Image, "ls", "/etc/passwd").ContinueWith(line => Path.GetFileName(line.Result), TestContext.Current.CancellationToken));
        var empty = scene.Volume("uncopied");
        Assert.Equal("", await engine.DockerOkAsync("run", "--rm", "--mount", $"type=volume,src={empty},dst=/root,volume-nocopy", Engine.Image, "ls", "/root"));
    }

    [Fact]
    public async Task Anonymous_GoesWithItsContainer()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("anonymous", "-v", "/data");
        var volume = await engine.DockerOkAsync("inspect", "-f", "{{(index .Mounts 0).Name}}", name);
        Assert.Matches("^[0-9a-f]{64}$", volume);
        await engine.DockerOkAsync("rm", "-f", "-v", name);
        Assert.NotEqual(0, (await engine.DockerAsync("volume", "inspect", volume)).ExitCode);
    }

    [Fact]
    public async Task Bind_ReadOnlyAndReadWrite()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/in", "from the host");
        Assert.Equal("from the host", await engine.DockerOkAsync("run", "--rm", "-v", $"{folder}:/host", Engine.Image, "sh", "-c", "cat /host/in; echo back >/host/out"));
        Assert.Equal("back\n", await File.ReadAllTextAsync($"{folder}/out"));
        var refused = await engine.DockerAsync("run", "--rm", "-v", $"{folder}:/host:ro", Engine.Image, "touch", "/host/no");
        Assert.Contains("Read-only file system", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_MissingSource_IsMadeByVolumeFlagAndRefusedByMountFlag()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await engine.DockerOkAsync("run", "--rm", "-v", $"{folder}/made:/host", Engine.Image, "true");
        Assert.True(Directory.Exists($"{folder}/made"));
        var refused = await engine.DockerAsync("run", "--rm", "--mount", $"type=bind,src={folder}/missing,dst=/host", Engine.Image, "true");
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains($"invalid mount config for type \"bind\": bind source path does not exist: {folder}/missing", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tmpfs_HasTheSizeAskedFor()
    {
        Assert.Equal("2048", await engine.Required().DockerOkAsync("run", "--rm", "--mount", "type=tmpfs,dst=/fast,tmpfs-size=2097152", Engine.Image, "sh", "-c", "df -k /fast | tail -1 | awk '{print $2}'"));
    }

    [Fact]
    public async Task VolumesFrom_SharesTheMounts()
    {
        await using var scene = new Scene(engine.Required());
        var owner = await scene.SleeperAsync("owner", "-v", "/shared");
        await engine.DockerOkAsync("exec", owner, "touch", "/shared/here");
        Assert.Equal("here", await engine.DockerOkAsync("run", "--rm", "--volumes-from", owner, Engine.Image, "ls", "/shared"));
    }

    [Fact]
    public async Task Remove_InUse_IsRefused()
    {
        await using var scene = new Scene(engine.Required());
        var volume = scene.Volume("used");
        var user = await scene.SleeperAsync("user", "-v", $"{volume}:/data");
        var refused = await engine.DockerAsync("volume", "rm", volume);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("volume is in use", refused.Error, StringComparison.Ordinal);
        await engine.DockerOkAsync("rm", "-f", user);
        Assert.Equal(volume, await engine.DockerOkAsync("volume", "rm", volume));
    }

    [Fact]
    public async Task ListAndPrune_ByLabel()
    {
        await using var scene = new Scene(engine.Required());
        var label = "volumes=" + Guid.NewGuid().ToString("n");
        var volume = scene.Volume("labelled");
        await engine.DockerOkAsync("volume", "create", "--label", label, volume);
        Assert.Equal(volume, await engine.DockerOkAsync("volume", "ls", "-q", "--filter", "label=" + label));
        await engine.DockerOkAsync("volume", "prune", "-f", "-a", "--filter", "label=" + label);
        Assert.Equal("", await engine.DockerOkAsync("volume", "ls", "-q", "--filter", "label=" + label));
    }
}
