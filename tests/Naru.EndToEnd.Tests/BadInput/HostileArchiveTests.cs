using System.Text.Json.Nodes;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Images;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.BadInput;

/// <summary>Archives that try to leave the place they are unpacked in: as layers, as build contexts and as files copied into a container.</summary>
public sealed class HostileArchiveTests(Engine engine)
{
    public static TheoryData<string> Tricks { get; } = ["dots", "absolute", "symlink", "absolute symlink", "symlink chain", "hardlink", "hardlink dots", "whiteout dots", "device"];

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Layer_CannotWriteOutsideOfItsRoot(string trick)
    {
        await using var place = new Target();
        await using var scene = new Scene(engine.Required());
        var image = new ImageArchive { Tags = [scene.Image("hostile") + ":x"] }.Layer(Hostile(trick, place.Folder));
        using var archive = new MemoryStream();
        image.Write(archive);
        var answer = await engine.Api.SendAsync(HttpMethod.Post, "/images/load?quiet=1", new ByteArrayContent(archive.ToArray()));
        if (answer.Status == 200 && !answer.Body.Contains("error", StringComparison.Ordinal))
        {
            // Accepted with the trick made harmless; a container must not see the host either.
            await engine.DockerAsync("create", "--name", scene.Container("hostile"), image.Tags[0], "/x");
        }

        place.MustBeUntouched();
        Assert.Equal(200, (await engine.Api.GetAsync("/_ping")).Status);
    }

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Copy_CannotWriteOutsideOfTheContainer(string trick)
    {
        await using var place = new Target();
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("copied");
        var answer = await engine.Api.SendAsync(HttpMethod.Put, $"/containers/{name}/archive?path=/tmp", new ByteArrayContent(Hostile(trick, place.Folder)));
        Assert.True(answer.Status is 200 or (>= 400 and < 600), answer.ToString());
        place.MustBeUntouched();
    }

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task BuildContext_CannotWriteOutsideOfItsFolder(string trick)
    {
        await using var place = new Target();
        var context = Hostile(trick, place.Folder, $"FROM {Engine.Image}\nCOPY . /context\n");
        await engine.Required().Api.SendAsync(HttpMethod.Post, "/build?t=hostile-context&rm=1", new ByteArrayContent(context));
        await engine.DockerAsync("rmi", "-f", "hostile-context");
        place.MustBeUntouched();
    }

    [Fact]
    public async Task Copy_ThroughALinkOfTheContainer_StaysInside()
    {
        await using var place = new Target();
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("linked", ["--stop-signal", "KILL"], "sh", "-c", $"ln -s / /tmp/out; ln -s {place.Folder} /tmp/host; ln -s /proc/1/root /tmp/root; sleep 1000");
        await Eventually.BecomesAsync(async () => (await engine.DockerAsync("exec", name, "test", "-L", "/tmp/root")).ExitCode == 0, "the links are there");
        foreach (var path in (string[])["/tmp/out" + place.Folder, "/tmp/host", "/tmp/root" + place.Folder])
        {
            await engine.Api.SendAsync(HttpMethod.Put, $"/containers/{name}/archive?path={Uri.EscapeDataString(path)}", new ByteArrayContent(new LayerBuilder().File("written", "x").Build()));
            var read = await engine.Api.GetAsync($"/containers/{name}/archive?path={Uri.EscapeDataString(path + "/victim")}");
            Assert.DoesNotContain("untouched", read.Body, StringComparison.Ordinal);
        }

        place.MustBeUntouched();
    }

    [Fact]
    public async Task Copy_WhileTheContainerSwapsALink_NeverReachesTheHost()
    {
        await using var place = new Target();
        await using var scene = new Scene(engine.Required());
        // The container replaces a folder by a link to the host's path and back, as fast as it can.
        var name = await scene.StartAsync("swapper", ["--stop-signal", "KILL"], "sh", "-c", $"mkdir -p /a /b /c{place.Folder}; while :; do mv /a /d; ln -s {place.Folder} /a; rm /a; mv /d /a; done");
        var archive = new LayerBuilder().File("written", "x").Build();
        for (var turn = 0; turn < 60; turn++)
        {
            await engine.Api.SendAsync(HttpMethod.Put, $"/containers/{name}/archive?path=/a", new ByteArrayContent(archive));
            Assert.DoesNotContain("untouched", (await engine.Api.GetAsync($"/containers/{name}/archive?path=/a/victim")).Body, StringComparison.Ordinal);
        }

        place.MustBeUntouched();
    }

    [Fact]
    public async Task Load_WrongDigestTruncatedOrGarbage_IsRefusedAndLeavesNoImage()
    {
        await using var scene = new Scene(engine.Required());
        var before = (await engine.Api.GetAsync("/images/json?all=1")).Json.AsArray().Count;
        var image = FixtureImages.Large(scene.Image("broken") + ":x", 2, 50_000, seed: 77);
        using var whole = new MemoryStream();
        image.Write(whole);
        var bytes = whole.ToArray();
        var flipped = (byte[])bytes.Clone();
        flipped[bytes.Length / 2] ^= 0xFF;
        foreach (var body in (byte[][])[bytes[..(bytes.Length / 2)], flipped, [1, 2, 3], []])
        {
            var answer = await engine.Api.SendAsync(HttpMethod.Post, "/images/load", new ByteArrayContent(body));
            Assert.True(answer.Status >= 400 || answer.Body.Contains("error", StringComparison.Ordinal), answer.ToString());
        }

        Assert.Equal(before, (await engine.Api.GetAsync("/images/json?all=1")).Json.AsArray().Count);
    }

    private static byte[] Hostile(string trick, string folder, string? dockerfile = null)
    {
        var up = string.Concat(Enumerable.Repeat("../", 24));
        var below = folder.TrimStart('/');
        var layer = new LayerBuilder();
        if (dockerfile is not null)
        {
            layer.File("Dockerfile", dockerfile);
        }

        return (trick switch
        {
            "dots" => layer.File($"{up}{below}/written", "x"),
            "absolute" => layer.File($"/{below}/written", "x"),
            "symlink" => layer.Symlink("link", $"{up}{below}").File("link/written", "x"),
            "absolute symlink" => layer.Symlink("link", folder).File("link/written", "x"),
            "symlink chain" => layer.Symlink("one", "/").Symlink("two", $"one/{below}").File("two/written", "x"),
            "hardlink" => layer.Hardlink("link", $"{folder}/victim").File("link", "changed"),
            "hardlink dots" => layer.Hardlink("link", $"{up}{below}/victim").File("link", "changed"),
            "whiteout dots" => layer.File($"{up}{below}/.wh.victim", []).File(".wh...", []),
            _ => layer.CharacterDevice($"{up}{below}/device", 1, 3),
        }).Build();
    }

    /// <summary>A folder of the host that nothing hostile may reach.</summary>
    private sealed class Target : IAsyncDisposable
    {
        public Target()
        {
            Folder = Directory.CreateTempSubdirectory("naru-e2e-target-").FullName;
            File.WriteAllText($"{Folder}/victim", "untouched");
        }

        public string Folder { get; }

        public void MustBeUntouched()
        {
            Assert.Equal([$"{Folder}/victim"], Directory.GetFileSystemEntries(Folder));
            Assert.Equal("untouched", File.ReadAllText($"{Folder}/victim"));
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
