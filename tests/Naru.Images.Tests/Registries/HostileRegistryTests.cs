using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Archives;
using Naru.Images.Tests.Support;
using Naru.Linux.Archives;

namespace Naru.Images.Tests.Registries;

public sealed class HostileRegistryTests : IAsyncLifetime
{
    private FakeRegistry _registry = null!;
    private Engine _engine = null!;

    public async ValueTask InitializeAsync() => (_registry, _engine) = (await FakeRegistry.StartAsync(), await Engine.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("plain")]
    public async Task Pull_ConnectionThatBreaks_GoesOnWhereItStopped(string packing)
    {
        var random = new byte[3_000_000];
        new Random(7).NextBytes(random);
        var layer = Tars.Of((new TarEntry { Name = "big", Kind = TarEntryKind.Regular, Size = random.Length }, random));
        var packed = SaveLoadTests.Pack(layer, packing);
        _registry.Add("a", "1", (packed, Digest.Of(layer)));
        var breaks = 3;
        _registry.Before = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Digest.Of(packed).Value) || breaks-- <= 0)
            {
                return false;
            }

            var from = (int)(context.Request.GetTypedHeaders().Range?.Ranges.First().From ?? 0);
            context.Response.StatusCode = from > 0 ? 206 : 200;
            context.Response.Headers.ContentRange = from > 0 ? $"bytes {from}-{packed.Length - 1}/{packed.Length}" : default;
            context.Response.ContentLength = packed.Length - from;
            await context.Response.Body.WriteAsync(packed.AsMemory(from, 500_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };

        var pulled = await PullAsync("a:1");

        await _engine.Snapshots.PrepareAsync("one", pulled.Image.Layers, null, null, default);
        Assert.Equal(random, await File.ReadAllBytesAsync(Path.Combine(await _engine.Snapshots.MountAsync("one", default), "big")));
        Assert.Contains(_registry.Requests, request => request.Contains("bytes="));
    }

    [Fact]
    public async Task Pull_RegistryThatDies_LeavesNothingAndCanBeRepeated()
    {
        var random = new byte[1_000_000];
        new Random(7).NextBytes(random);
        var layer = Tars.Of((new TarEntry { Name = "big", Kind = TarEntryKind.Regular, Size = random.Length }, random));
        _registry.Add("a", "1", Tars.Of(("small", "x")), layer);
        _registry.Before = async context =>
        {
            if (context.Request.Path.Value!.EndsWith(Digest.Of(layer).Value))
            {
                context.Response.ContentLength = layer.Length;
                await context.Response.Body.WriteAsync(layer.AsMemory(0, 100));
                context.Abort();
                return true;
            }

            return false;
        };

        Assert.Equal(ErrorKind.Unavailable, (await RefusedAsync("a:1")).Kind);
        AssertEmpty();
        _registry.Before = null;
        await PullAsync("a:1");
    }

    [Fact]
    public async Task Pull_WrongDigests_AreRefused()
    {
        var layer = Tars.Of(("a", "1"));
        _registry.Add("diff", "1", (layer, Digest.Of("other"u8)));
        Assert.Contains("don't match image configuration", (await RefusedAsync("diff:1")).Message);

        _registry.Add("blob", "1", layer);
        _registry.Blobs[Digest.Of(layer).Value] = Tars.Of(("b", "2"));
        Assert.Contains("verification failed", (await RefusedAsync("blob:1")).Message);

        var good = _registry.Add("manifest", "1", layer);
        _registry.Manifests[$"manifest:{good}"] = _registry.Manifests["diff:1"];
        Assert.Contains("manifest verification failed", (await RefusedAsync($"manifest@{good}")).Message);
        AssertEmpty();
    }

    [Fact]
    public async Task Pull_HostileLayers_AreRefused()
    {
        _registry.Add("up", "1", Tars.Of(("../up", "x")));
        _registry.Add("link", "1", Tars.Of(
            (new TarEntry { Name = "l", Kind = TarEntryKind.Symlink, LinkName = "/etc" }, []),
            (new TarEntry { Name = "l/naru-evil", Kind = TarEntryKind.Regular }, [])));
        _registry.Add("device", "1", Tars.Of((new TarEntry { Name = "sda", Kind = TarEntryKind.BlockDevice, Device = new(8, 0) }, [])));
        _registry.Add("whiteout", "1", Tars.Of(("good", "x")), Tars.Of(("a/.wh...", "")));
        var bomb = SaveLoadTests.Pack(Tars.Of((new TarEntry { Name = "zeros", Kind = TarEntryKind.Regular, Size = 40_000_000 }, new byte[40_000_000])), "gzip");
        foreach (var name in new[] { "up:1", "link:1", "device:1", "whiteout:1" })
        {
            Assert.Equal(ErrorKind.InvalidArgument, (await RefusedAsync(name)).Kind);
        }

        Assert.False(File.Exists("/etc/naru-evil"));
        AssertEmpty();
        await using var strict = await Engine.StartAsync(new() { Limits = new() { RatioFrom = 1 << 20, Ratio = 50 } });
        _registry.Add("bomb", "1", (bomb, Digest.Of("x"u8)));
        var refused = await Assert.ThrowsAsync<NaruException>(() => strict.Get<IRegistries>().PullAsync(Name("bomb:1"), null, null, new ProgressLog(), default));
        Assert.Contains("times as many", refused.Message);
    }

    [Fact]
    public async Task Pull_RedirectToAnotherHost_SendsNoCredentials()
    {
        await using var storage = await FakeRegistry.StartAsync();
        var layer = Tars.Of(("a", "1"));
        _registry.Add("a", "1", layer);
        storage.Before = async context =>
        {
            await FakeRegistry.ServeAsync(context, layer);
            return true;
        };
        RequireBasicAndRedirect(storage, layer);

        await PullAsync("a:1", new() { User = "user", Password = "secret" });

        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.EndsWith("[]", request));
        Assert.Contains(_registry.Requests, request => request.Contains("[Basic "));
    }

    [Fact]
    public async Task Pull_RedirectThatAsksForCredentials_GetsNone()
    {
        await using var thief = await FakeRegistry.StartAsync();
        var layer = Tars.Of(("a", "1"));
        _registry.Add("a", "1", layer);
        thief.Before = context =>
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"thief\"";
            return Task.FromResult(true);
        };
        RequireBasicAndRedirect(thief, layer);

        var refused = await RefusedAsync("a:1", new() { User = "user", Password = "secret" });

        Assert.Equal(ErrorKind.Unauthenticated, refused.Kind);
        Assert.Contains("not given to another host", refused.Message);
        Assert.All(thief.Requests, request => Assert.EndsWith("[]", request));
        AssertEmpty();
    }

    [Fact]
    public async Task Pull_TokenServerWithoutTls_GetsNoPassword()
    {
        _registry.Before = context =>
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"http://192.0.2.1/token\",service=\"x\"";
            return Task.FromResult(true);
        };

        var refused = await RefusedAsync("a:1", new() { User = "user", Password = "secret" });

        Assert.Contains("without TLS", refused.Message);
    }

    [Fact]
    public async Task Pull_SchemaOne_IsRefusedClearly()
    {
        _registry.PutManifest(
            "old", "1", """{"schemaVersion":1,"name":"old","tag":"1","fsLayers":[{"blobSum":"x"}]}"""u8.ToArray(), "application/vnd.docker.distribution.manifest.v1+prettyjws");

        Assert.Contains("schema 1", (await RefusedAsync("old:1")).Message);
    }

    [Fact]
    public async Task Pull_Index_TakesThisPlatformOrTheOneAskedFor()
    {
        var mine = _registry.Add("a", "mine", Tars.Of(("a", "1")));
        var index = Encoding.UTF8.GetBytes($$$"""
            {"schemaVersion":2,"manifests":[
            {"digest":"sha256:{{{new string('1', 64)}}}","size":1,"platform":{"os":"unknown","architecture":"unknown"}},
            {"digest":"{{{mine}}}","size":1,"platform":{"os":"linux","architecture":"{{{FakeRegistry.Architecture}}}"}}]}
            """);
        var digest = _registry.PutManifest("a", "1", index, "application/vnd.oci.image.index.v1+json");

        var pulled = await PullAsync("a:1");
        Assert.Equal(digest, pulled.Digest);
        Assert.Equal(mine, pulled.Image.Manifest);
        var resolved = await _engine.Get<IRegistries>().ResolveAsync(Name("a:1"), null, default);
        Assert.Equal(2, resolved.Platforms.Length);

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => _engine.Get<IRegistries>().PullAsync(Name("a:1"), new() { Os = "linux", Architecture = "s390x" }, null, new ProgressLog(), default));
        Assert.Equal("no matching manifest for linux/s390x in the manifest list entries", refused.Message);
    }

    [Fact]
    public async Task Pull_TwoAtOnce_FetchesEachLayerOnce()
    {
        var layers = Enumerable.Range(0, 6).Select(number => Tars.Of(($"file{number}", new string('x', 100_000 + number)))).ToArray();
        _registry.Add("a", "1", layers);
        _registry.Add("b", "1", [.. layers, Tars.Of(("more", "x"))]);

        await Task.WhenAll(PullAsync("a:1"), PullAsync("b:1"), PullAsync("a:1"));

        Assert.Equal(7, Directory.GetDirectories(Path.Combine(_engine.Data, "images/layers")).Length);
        Assert.Equal(6, _registry.Requests.Count(request => layers.Any(layer => request.Contains(Digest.Of(layer).Value))));
    }

    [Fact]
    public async Task Pull_MirrorFirst_FallsBackToTheRegistry()
    {
        await using var mirror = await FakeRegistry.StartAsync();
        mirror.Add("a", "1", Tars.Of(("a", "mirror")));
        _registry.Add("a", "1", Tars.Of(("a", "origin")));
        _registry.Add("b", "1", Tars.Of(("b", "origin")));
        await using var engine = await Engine.StartAsync(
            new() { Mirrors = System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty.Add(_registry.Host, [mirror.Address.ToString()]) });

        var a = await engine.Get<IRegistries>().PullAsync(Name("a:1"), null, new() { User = "u", Password = "p" }, new ProgressLog(), default);
        await engine.Get<IRegistries>().PullAsync(Name("b:1"), null, null, new ProgressLog(), default);

        Assert.Equal(6, a.Image.Size);
        Assert.All(mirror.Requests, request => Assert.EndsWith("[]", request));
    }

    [Fact]
    public async Task Pull_Unknown_SaysSoInDockersWords()
    {
        var refused = await RefusedAsync("none:1");

        Assert.Equal(ErrorKind.NotFound, refused.Kind);
        Assert.Equal($"manifest for {_registry.Host}/none:1 not found: manifest unknown: manifest unknown", refused.Message);
    }

    [Fact]
    public async Task Pull_RegistryThatTakesConnectionsAndSaysNothing_GivesUpInTime()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var engine = await Engine.StartAsync(new() { ConnectTimeout = TimeSpan.FromMilliseconds(100), RegistryTimeout = TimeSpan.FromMilliseconds(600) });

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PullAsync(ImageReference.Parse($"{silent.LocalEndpoint}/a:1"), null, null, new ProgressLog(), default));

        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
    }

    [Theory]
    [InlineData("/v2/")]
    [InlineData("/manifests/1")]
    [InlineData("blobs")]
    public async Task Pull_RegistryThatFallsSilent_GivesUpInTime(string where)
    {
        var layer = Tars.Of(("a", new string('x', 100_000)));
        _registry.Add("a", "1", layer);
        await using var engine = await Engine.StartAsync(new() { RegistryTimeout = TimeSpan.FromMilliseconds(300) });
        _registry.Before = async context =>
        {
            if (where == "blobs" && context.Request.Path.Value!.EndsWith(Digest.Of(layer).Value))
            {
                context.Response.ContentLength = layer.Length;
                await context.Response.Body.WriteAsync(layer.AsMemory(0, 512));
                await context.Response.Body.FlushAsync();
            }
            else if (!context.Request.Path.Value!.EndsWith(where))
            {
                return false;
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PullAsync(Name("a:1"), null, null, new ProgressLog(), default));

        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Empty(engine.Images.List());
    }

    [Fact]
    public async Task Pull_CancelledMidway_LeavesNothing()
    {
        var layer = Tars.Of(("a", new string('x', 1_000_000)));
        _registry.Add("a", "1", layer);
        using var cancel = new CancellationTokenSource();
        _registry.Before = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Digest.Of(layer).Value))
            {
                return false;
            }

            context.Response.ContentLength = layer.Length;
            await context.Response.Body.WriteAsync(layer.AsMemory(0, 300_000));
            await context.Response.Body.FlushAsync();
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _engine.Get<IRegistries>().PullAsync(Name("a:1"), null, null, new ProgressLog(), cancel.Token));

        AssertEmpty();
    }

    private void RequireBasicAndRedirect(FakeRegistry other, byte[] layer) => _registry.Before = context =>
    {
        if (context.Request.Headers.Authorization.Count == 0)
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"x\"";
            return Task.FromResult(true);
        }

        if (context.Request.Path.Value!.EndsWith(Digest.Of(layer).Value))
        {
            context.Response.Redirect(new Uri(other.Address, "/elsewhere").ToString(), permanent: false, preserveMethod: true);
            return Task.FromResult(true);
        }

        return Task.FromResult(false);
    };

    private ImageReference Name(string rest) => ImageReference.Parse($"{_registry.Host}/{rest}");

    private Task<Pulled> PullAsync(string rest, RegistryCredentials? credentials = null) =>
        _engine.Get<IRegistries>().PullAsync(Name(rest), null, credentials, new ProgressLog(), default);

    private Task<NaruException> RefusedAsync(string rest, RegistryCredentials? credentials = null) =>
        Assert.ThrowsAsync<NaruException>(() => PullAsync(rest, credentials));

    private void AssertEmpty()
    {
        Assert.Empty(_engine.Images.List());
        Assert.Empty(Directory.GetDirectories(Path.Combine(_engine.Data, "images/layers")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_engine.Data, "images/staging")));
    }
}
