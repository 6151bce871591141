using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Images;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary>Images: here, in archives and in a registry.</summary>
public sealed class ImageTests(Engine engine)
{
    [Fact]
    public async Task TagListHistoryInspectRemove()
    {
        await using var scene = new Scene(engine.Required());
        var tag = scene.Image("tagged") + ":v1";
        await engine.DockerOkAsync("tag", Engine.Image, tag);
        Assert.Equal("v1", await engine.DockerOkAsync("images", "--format", "{{.Tag}}", tag));
        Assert.Matches("^<missing>|sha256:", await engine.DockerOkAsync("history", "--no-trunc", "-q", tag));
        Assert.Equal("linux amd64 [sh]", await engine.DockerOkAsync("inspect", "-f", "{{.Os}} {{.Architecture}} {{.Config.Cmd}}", tag));
        Assert.Equal("Untagged: " + tag, await engine.DockerOkAsync("rmi", tag));
        Assert.Contains("No such image: " + tag, (await engine.DockerAsync("image", "inspect", tag)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_UsedByAContainer_IsRefused()
    {
        await using var scene = new Scene(engine.Required());
        var image = FixtureImages.Large(scene.Image("inuse") + ":latest", 1, 1000, seed: 99);
        await engine.LoadAsync(image);
        await engine.DockerOkAsync("create", "--name", scene.Container("user"), image.Tags[0], "/x");
        var refused = await engine.DockerAsync("rmi", image.Tags[0]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is using its referenced image", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveAndLoad_KeepIdAndTags()
    {
        await using var scene = new Scene(engine.Required());
        var tag = scene.Image("saved") + ":one";
        var image = FixtureImages.Large(tag, 3, 100_000, seed: 5);
        await engine.LoadAsync(image);
        Assert.Equal(image.Id(), await engine.DockerOkAsync("inspect", "-f", "{{.Id}}", tag));
        var folder = scene.Folder();
        await engine.DockerOkAsync("save", "-o", $"{folder}/image.tar", tag);
        await engine.DockerOkAsync("rmi", tag);
        Assert.Equal($"Loaded image: {tag}", await engine.DockerOkAsync("load", "-i", $"{folder}/image.tar"));
        Assert.Equal(image.Id(), await engine.DockerOkAsync("inspect", "-f", "{{.Id}}", tag));
    }

    [Fact]
    public async Task PushAndPull_ThroughARegistry()
    {
        Clients.Need(RegistryProcess.Program);
        await using var scene = new Scene(engine.Required());
        await using var registry = await RegistryProcess.StartAsync();
        var tag = $"{registry.Address}/team/image:v1";
        var image = FixtureImages.Large(tag, 3, 300_000, seed: 6);
        await engine.LoadAsync(image);
        Assert.Contains("digest: sha256:", await engine.DockerOkAsync("push", tag), StringComparison.Ordinal);
        await engine.DockerOkAsync("rmi", tag);
        var pulled = await engine.DockerOkAsync("pull", tag);
        Assert.Contains("Status: Downloaded newer image for " + tag, pulled, StringComparison.Ordinal);
        Assert.Equal(image.Id(), await engine.DockerOkAsync("inspect", "-f", "{{.Id}}", tag));
        var digest = await engine.DockerOkAsync("inspect", "-f", "{{index .RepoDigests 0}}", tag);
        Assert.StartsWith($"{registry.Address}/team/image@sha256:", digest, StringComparison.Ordinal);
        Assert.Contains("Image is up to date for " + tag, await engine.DockerOkAsync("pull", tag), StringComparison.Ordinal);
        await engine.DockerOkAsync("rmi", tag);
        await engine.DockerOkAsync("pull", digest);
        await engine.DockerOkAsync("rmi", digest);
    }

    [Fact]
    public async Task Pull_NoSuchTagOrRepository_SaysSo()
    {
        Clients.Need(RegistryProcess.Program);
        engine.Required();
        await using var registry = await RegistryProcess.StartAsync();
        var missing = await engine.DockerAsync("pull", $"{registry.Address}/no/such:tag");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains($"manifest for {registry.Address}/no/such:tag not found: manifest unknown", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_PushNeedsIt()
    {
        Clients.Need(RegistryProcess.Program);
        Clients.Need("htpasswd");
        await using var scene = new Scene(engine.Required());
        await using var registry = await RegistryProcess.StartAsync(("user", "secret"));
        var tag = $"{registry.Address}/private:latest";
        await engine.LoadAsync(FixtureImages.Large(tag, 1, 10_000, seed: 8));
        var refused = await engine.DockerAsync("push", tag);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("no basic auth credentials", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await engine.DockerAsync("login", "-u", "user", "-p", "wrong", registry.Address)).ExitCode);
        Assert.Contains("Login Succeeded", await engine.DockerOkAsync("login", "-u", "user", "-p", "secret", registry.Address), StringComparison.Ordinal);
        await engine.DockerOkAsync("push", tag);
        await engine.DockerOkAsync("rmi", tag);
        await engine.DockerOkAsync("pull", tag);
        await engine.DockerOkAsync("logout", registry.Address);
        await engine.DockerOkAsync("rmi", tag);
        Assert.NotEqual(0, (await engine.DockerAsync("pull", tag)).ExitCode);
    }

    [Fact]
    public async Task Prune_TakesDanglingImages()
    {
        await using var scene = new Scene(engine.Required());
        var tag = scene.Image("dangling") + ":latest";
        var first = FixtureImages.Large(tag, 1, 5000, seed: 21);
        await engine.LoadAsync(first);
        await engine.LoadAsync(FixtureImages.Large(tag, 1, 5000, seed: 22));
        Assert.Contains(first.Id()[7..19], await engine.DockerOkAsync("images", "-f", "dangling=true", "-q"), StringComparison.Ordinal);
        Assert.Contains(first.Id(), await engine.DockerOkAsync("image", "prune", "-f"), StringComparison.Ordinal);
    }
}
