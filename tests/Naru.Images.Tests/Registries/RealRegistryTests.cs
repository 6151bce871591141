using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Catalogue;
using Naru.Images.Tests.Support;

namespace Naru.Images.Tests.Registries;

public sealed class RealRegistryTests
{
    [Fact]
    public async Task PushThenPull_FromAnotherEngine_IsTheSameImage()
    {
        await using var registry = await RealRegistry.StartAsync();
        await using var engine = await Engine.StartAsync();
        var image = await MakeAsync(engine, registry.Host + "/a/b:1");
        var progress = new ProgressLog();

        var pushed = await engine.Get<IRegistries>().PushAsync(ImageReference.Parse(registry.Host + "/a/b:1"), null, null, progress, default);

        Assert.Contains($"The push refers to repository [{registry.Host}/a/b]", progress.Lines);
        Assert.Contains(progress.All, news => news.Status == "Pushed" && news.Id == image.Layers.DiffIds[0].Short);
        Assert.Contains($"1: digest: {pushed.Digest} size: {pushed.Size}", progress.Lines);
        Assert.Equal([$"{registry.Host}/a/b@{pushed.Digest}"], engine.Images.Get(image.Id.Value).Digests);

        await using var other = await Engine.StartAsync();
        progress = new();
        var pulled = await other.Get<IRegistries>().PullAsync(ImageReference.Parse(registry.Host + "/a/b:1"), null, null, progress, default);
        Assert.Equal(image.Id, pulled.Image.Id);
        Assert.Equal(pushed.Digest, pulled.Digest);
        Assert.False(pulled.WasHere);
        Assert.Equal("Pulling from a/b", progress.All[0].Status);
        Assert.Equal("1", progress.All[0].Id);
        Assert.Equal(2, progress.Lines.Count(line => line == "Pull complete"));
        Assert.Equal($"Status: Downloaded newer image for {registry.Host}/a/b:1", progress.Lines.Last());

        progress = new();
        Assert.True((await other.Get<IRegistries>().PullAsync(ImageReference.Parse(registry.Host + "/a/b:1"), null, null, progress, default)).WasHere);
        Assert.Equal($"Status: Image is up to date for {registry.Host}/a/b:1", progress.Lines.Last());

        var byDigest = await other.Get<IRegistries>().PullAsync(ImageReference.Parse($"{registry.Host}/a/b@{pushed.Digest}"), null, null, progress, default);
        Assert.Equal(image.Id, byDigest.Image.Id);
    }

    [Fact]
    public async Task Push_ToAnotherRepository_MountsAndKeepsTheDigest()
    {
        await using var registry = await RealRegistry.StartAsync();
        await using var engine = await Engine.StartAsync();
        await MakeAsync(engine, registry.Host + "/one:1");
        var first = await engine.Get<IRegistries>().PushAsync(ImageReference.Parse(registry.Host + "/one:1"), null, null, new ProgressLog(), default);

        await using var other = await Engine.StartAsync();
        await other.Get<IRegistries>().PullAsync(ImageReference.Parse(registry.Host + "/one:1"), null, null, new ProgressLog(), default);
        await other.Images.TagAsync(registry.Host + "/one:1", ImageReference.Parse(registry.Host + "/two:2"), default);
        var progress = new ProgressLog();
        var second = await other.Get<IRegistries>().PushAsync(ImageReference.Parse(registry.Host + "/two:2"), null, null, progress, default);
        Assert.Equal(2, progress.Lines.Count(line => line == "Mounted from one"));
        Assert.Equal(first.Digest, second.Digest);

        progress = new();
        await other.Get<IRegistries>().PushAllTagsAsync(ImageReference.Parse(registry.Host + "/two"), null, progress, default);
        Assert.Equal(2, progress.Lines.Count(line => line == "Layer already exists"));
    }

    [Fact]
    public async Task PullAllTags_BringsEach()
    {
        await using var registry = await RealRegistry.StartAsync();
        await using var engine = await Engine.StartAsync();
        foreach (var tag in new[] { "1", "2", "3" })
        {
            await MakeAsync(engine, $"{registry.Host}/a:{tag}", tag);
        }

        Assert.Equal(3, (await engine.Get<IRegistries>().PushAllTagsAsync(ImageReference.Parse(registry.Host + "/a"), null, new ProgressLog(), default)).Length);
        await using var other = await Engine.StartAsync();
        await other.Get<IRegistries>().PullAllTagsAsync(ImageReference.Parse(registry.Host + "/a"), null, null, new ProgressLog(), default);

        Assert.Equal(3, other.Images.List().Length);
    }

    [Fact]
    public async Task BasicAuth_RightAndWrong_AreToldApart()
    {
        await using var registry = await RealRegistry.StartAsync(RealRegistry.BasicAuth);
        await using var engine = await Engine.StartAsync();
        await MakeAsync(engine, registry.Host + "/a:1");
        var name = ImageReference.Parse(registry.Host + "/a:1");
        var registries = engine.Get<IRegistries>();
        var right = new RegistryCredentials { User = "user", Password = "secret", Server = registry.Host };
        var wrong = right with { Password = "wrong" };

        Assert.Equal("", await registries.LogInAsync(right, default));
        Assert.Equal(ErrorKind.Unauthenticated, (await Assert.ThrowsAsync<NaruException>(() => registries.LogInAsync(wrong, default))).Kind);
        // A wrong password is the caller's to mend; none at all is a refusal, or the docker command would ask for a login in mid-push.
        foreach (var (credentials, kind) in new[] { (wrong, ErrorKind.Unauthenticated), (null, ErrorKind.PermissionDenied) })
        {
            var refused = await Assert.ThrowsAsync<NaruException>(() => registries.PushAsync(name, null, credentials, new ProgressLog(), default));
            Assert.Equal(kind, refused.Kind);
        }

        var pushed = await registries.PushAsync(name, null, right, new ProgressLog(), default);
        var resolved = await registries.ResolveAsync(name, right, default);
        Assert.Equal(pushed.Digest, resolved.Digest);
        Assert.Equal("linux", Assert.Single(resolved.Platforms).Os);
        await Assert.ThrowsAsync<NaruException>(() => registries.ResolveAsync(name, null, default));
    }

    [Fact]
    public async Task Tls_AuthorityInDirectory_IsTrusted()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("naru-registry.test");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
        using var directory = new Testing.TempDirectory();
        directory.Write("server.crt", certificate.ExportCertificatePem());
        directory.Write("server.key", key.ExportPkcs8PrivateKeyPem());
        await using var registry = await RealRegistry.StartAsync(
            $"  tls:\n    certificate: {directory.Path}/server.crt\n    key: {directory.Path}/server.key\n");

        // By its address loopback is forgiven everything; by checking, only with the authority.
        var hosts = new ImagesOptions { CertificateDirectories = [directory.Sub("certs.d")] };
        await using var engine = await Engine.StartAsync(hosts);
        await MakeAsync(engine, registry.Host + "/a:1");
        await engine.Get<IRegistries>().PushAsync(ImageReference.Parse(registry.Host + "/a:1"), null, null, new ProgressLog(), default);

        var transport = engine.Get<Naru.Images.Registries.RegistryTransport>();
        var address = new Uri($"https://{registry.Host}/v2/");
        await Assert.ThrowsAsync<HttpRequestException>(() => transport.Get(registry.Host, insecure: false).SendAsync(new(HttpMethod.Get, address), default));
        directory.Write($"certs.d/{registry.Host}/ca.crt", certificate.ExportCertificatePem());
        using var response = await transport.Get(registry.Host, insecure: false).SendAsync(new(HttpMethod.Get, address), default);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Push_Unknown_SaysSo()
    {
        await using var engine = await Engine.StartAsync();

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PushAsync(ImageReference.Parse("localhost:1/x"), null, null, new ProgressLog(), default));

        Assert.Equal("An image does not exist locally with the tag: localhost:1/x", refused.Message);
    }

    [Fact]
    public async Task Pull_NobodyListens_IsUnavailable()
    {
        await using var engine = await Engine.StartAsync();

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PullAsync(ImageReference.Parse("127.0.0.1:1/x"), null, null, new ProgressLog(), default));

        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Contains("refused", refused.Message);
    }

    private static async Task<Image> MakeAsync(Engine engine, string name, string content = "x")
    {
        var image = await ImageStoreTests.ImportAsync(engine, "base" + content, content: new string('b', 100_000) + content);
        var chain = await engine.Snapshots.ApplyAsync(image.Layers, new MemoryStream(Tars.Of(("top", content))), default);
        return await engine.Images.CreateAsync(new() { Layers = chain, Comment = name }, [ImageReference.Parse(name)], default);
    }
}
