using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Support;

namespace Naru.Images.Tests.Catalogue;

public sealed class ImageStoreTests
{
    [Fact]
    public async Task Import_ThenRestart_IsThereUnchanged()
    {
        await using var engine = await Engine.StartAsync();
        var template = new ImageDraft { Comment = "Imported from -", Config = new() { Command = ["/bin/sh"], Labels = Labels("a", "b") } };

        var image = await engine.Images.ImportAsync(new MemoryStream(Tars.Of(("bin/sh", "x"))), template, ImageReference.Parse("busybox"), default);
        await engine.RestartAsync();

        var again = engine.Images.Get("busybox");
        Assert.Equal(image.Id, again.Id);
        Assert.Equal(["busybox:latest"], again.Tags);
        Assert.Equal(["/bin/sh"], again.Config.Command!.Value);
        Assert.Equal("b", again.Config.Labels!["a"]);
        Assert.Equal(1, again.Size);
        Assert.Equal("Imported from -", again.Comment);
        Assert.Equal(image.LastTagged, again.LastTagged);
        Assert.Equal(again.Id, engine.Images.Get(image.Id.Short).Id);
        Assert.Equal(again.Id, engine.Images.Get(image.Id.Value).Id);
    }

    [Fact]
    public async Task Get_Unknown_SaysSoInDockersWords()
    {
        await using var engine = await Engine.StartAsync();

        Assert.Equal("No such image: busybox:latest", Assert.Throws<NaruException>(() => engine.Images.Get("busybox")).Message);
        Assert.Equal("No such image: abc:latest", Assert.Throws<NaruException>(() => engine.Images.Get("abc")).Message);
        Assert.Null(engine.Images.Find("UPPER"));
        Assert.Null(engine.Images.Find(new string('a', 64)));
    }

    [Fact]
    public async Task Get_OtherPlatform_IsNotFound()
    {
        await using var engine = await Engine.StartAsync();
        await ImportAsync(engine, "x", new() { Os = "linux", Architecture = "s390x" });

        var refused = Assert.Throws<NaruException>(() => engine.Images.Get("x", new Platform { Os = "linux", Architecture = "amd64" }));

        Assert.Equal(ErrorKind.NotFound, refused.Kind);
        Assert.Contains("wanted linux/amd64, actual: linux/s390x", refused.Message);
    }

    [Fact]
    public async Task Tag_TakenName_MovesAndLeavesTheOtherDangling()
    {
        await using var engine = await Engine.StartAsync();
        var one = await ImportAsync(engine, "one");
        var two = await ImportAsync(engine, "two");

        await engine.Images.TagAsync("one", ImageReference.Parse("two"), default);

        Assert.Equal(["one:latest", "two:latest"], engine.Images.Get(one.Id.Value).Tags);
        Assert.Empty(engine.Images.Get(two.Id.Value).Tags);
        Assert.Contains(engine.Events.All, happened => happened.Action == "tag" && happened.Attributes["name"] == "two:latest");
    }

    [Fact]
    public async Task Remove_OneOfTwoNames_OnlyUntags()
    {
        await using var engine = await Engine.StartAsync();
        await ImportAsync(engine, "one");
        await engine.Images.TagAsync("one", ImageReference.Parse("two:3"), default);

        Assert.Equal([new ImageRemoval("two:3", null)], await engine.Images.RemoveAsync("two:3", new(), default));
        var removed = await engine.Images.RemoveAsync("one", new(), default);

        Assert.Equal("one:latest", removed[0].Untagged);
        Assert.Equal(3, removed.Length);
        Assert.Empty(engine.Images.List());
        Assert.Empty(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));
        Assert.Empty(Directory.GetFiles(Path.Combine(engine.Data, "images/configs")));
    }

    [Fact]
    public async Task Remove_ByIdWithTwoRepositories_NeedsForce()
    {
        await using var engine = await Engine.StartAsync();
        var image = await ImportAsync(engine, "one");
        await engine.Images.TagAsync("one", ImageReference.Parse("two"), default);

        var refused = await Assert.ThrowsAsync<NaruException>(() => engine.Images.RemoveAsync(image.Id.Short, new(), default));
        Assert.Equal($"conflict: unable to delete {image.Id.Short} (must be forced) - image is referenced in multiple repositories", refused.Message);
        Assert.Equal(ErrorKind.Conflict, refused.Kind);

        await engine.Images.RemoveAsync(image.Id.Short, new(Force: true), default);
        Assert.Empty(engine.Images.List());
    }

    [Fact]
    public async Task Remove_UsedByContainers_FollowsDockersRules()
    {
        await using var engine = await Engine.StartAsync();
        var user = new FakeUser();
        engine.Images.AddUser(user);
        var image = await ImportAsync(engine, "one");
        user.Containers.Add((image.Id, "0123456789abcdef", false));

        var byName = await Assert.ThrowsAsync<NaruException>(() => engine.Images.RemoveAsync("one", new(), default));
        Assert.Equal(
            $"conflict: unable to remove repository reference \"one\" (must force) - container 0123456789ab is using its referenced image {image.Id.Short}", byName.Message);
        var byId = await Assert.ThrowsAsync<NaruException>(() => engine.Images.RemoveAsync(image.Id.Value, new(), default));
        Assert.Equal($"conflict: unable to delete {image.Id.Short} (must be forced) - image is being used by stopped container 0123456789ab", byId.Message);

        user.Containers[0] = user.Containers[0] with { Running = true };
        var running = await Assert.ThrowsAsync<NaruException>(() => engine.Images.RemoveAsync(image.Id.Value, new(Force: true), default));
        Assert.Equal($"conflict: unable to delete {image.Id.Short} (cannot be forced) - image is being used by running container 0123456789ab", running.Message);

        var forced = await engine.Images.RemoveAsync("one", new(Force: true), default);
        Assert.Equal([new ImageRemoval("one:latest", null)], forced);
        Assert.Empty(engine.Images.Get(image.Id.Value).Tags);
    }

    [Fact]
    public async Task Remove_ImageWithChildren_IsRefusedAndParentsGoWithTheLastChild()
    {
        await using var engine = await Engine.StartAsync();
        var parent = await ImportAsync(engine, null);
        var child = await engine.Images.CreateAsync(
            new() { Layers = parent.Layers, Parent = parent.Id, Comment = "child" }, [ImageReference.Parse("child")], default);

        var refused = await Assert.ThrowsAsync<NaruException>(() => engine.Images.RemoveAsync(parent.Id.Value, new(Force: true), default));
        Assert.EndsWith("(cannot be forced) - image has dependent child images", refused.Message);
        Assert.Equal([child.Id], engine.Images.Children(parent.Id).Select(image => image.Id));

        var removed = await engine.Images.RemoveAsync("child", new(), default);
        Assert.Contains(removed, part => part.Deleted == parent.Id.Value);
        Assert.Empty(engine.Images.List());
    }

    [Fact]
    public async Task Remove_KeepParents_KeepsThem()
    {
        await using var engine = await Engine.StartAsync();
        var parent = await ImportAsync(engine, null);
        await engine.Images.CreateAsync(new() { Layers = parent.Layers, Parent = parent.Id, Comment = "child" }, [ImageReference.Parse("child")], default);

        await engine.Images.RemoveAsync("child", new(KeepParents: true), default);

        Assert.Equal([parent.Id], engine.Images.List().Select(image => image.Id));
    }

    [Fact]
    public async Task Prune_DanglingThenAll_RemovesWhatIsAllowedAndUnused()
    {
        await using var engine = await Engine.StartAsync();
        var user = new FakeUser();
        engine.Images.AddUser(user);
        var dangling = await ImportAsync(engine, null, content: "12345");
        var used = await ImportAsync(engine, "used", content: "used");
        await ImportAsync(engine, "unused", content: "unused");
        user.Containers.Add((used.Id, "c", false));

        var first = await engine.Images.PruneAsync(all: false, _ => true, default);
        Assert.Contains(first.Removed, part => part.Deleted == dangling.Id.Value);
        Assert.Equal(5, first.Reclaimed);
        Assert.Equal(2, engine.Images.List().Length);

        Assert.Empty((await engine.Images.PruneAsync(all: true, _ => false, default)).Removed);
        await engine.Images.PruneAsync(all: true, _ => true, default);
        Assert.Equal([used.Id], engine.Images.List().Select(image => image.Id));
    }

    [Fact]
    public async Task Create_MissingLayers_ChangesNothing()
    {
        await using var engine = await Engine.StartAsync();

        await Assert.ThrowsAsync<NaruException>(
            () => engine.Images.CreateAsync(new() { Layers = LayerChain.Empty.Push(Digest.Of("x"u8)) }, [ImageReference.Parse("x")], default));

        Assert.Empty(engine.Images.List());
    }

    internal static Task<Image> ImportAsync(Engine engine, string? name, Platform? platform = null, string? content = null) =>
        engine.Images.ImportAsync(
            new MemoryStream(Tars.Of(("name", content ?? name ?? "none"))), new() { Platform = platform }, name is null ? null : ImageReference.Parse(name), default);

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> Labels(string key, string value) =>
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(key, value);
}
