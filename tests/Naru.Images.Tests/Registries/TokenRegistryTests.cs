using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Catalogue;
using Naru.Images.Tests.Support;

namespace Naru.Images.Tests.Registries;

/// <summary>The real registry with a token server of the test's own.</summary>
public sealed class TokenRegistryTests : IAsyncLifetime
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentQueue<string> _asked = new();
    private WebApplication _server = null!;
    private X509Certificate2 _certificate = null!;

    public async ValueTask InitializeAsync()
    {
        _certificate = new CertificateRequest("CN=issuer", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task PushPullAndMount_WithTokens_AsksForTheRightScopes()
    {
        await using var registry = await StartAsync();
        await using var engine = await Engine.StartAsync();
        await ImageStoreTests.ImportAsync(engine, registry.Host + "/team/one:1", content: new string('x', 50_000));
        var registries = engine.Get<IRegistries>();
        var secret = new RegistryCredentials { User = "user", Password = "secret", Server = registry.Host };
        var one = ImageReference.Parse(registry.Host + "/team/one:1");

        await registries.PushAsync(one, null, secret, new ProgressLog(), default);
        await engine.Images.TagAsync(one.Familiar, ImageReference.Parse(registry.Host + "/team/two:1"), default);
        var progress = new ProgressLog();
        await registries.PushAsync(ImageReference.Parse(registry.Host + "/team/two:1"), null, secret, progress, default);

        Assert.Contains("Mounted from team/one", progress.Lines);
        Assert.Contains(_asked, scopes => scopes.Contains("repository:team/two:pull,push") && scopes.Contains("repository:team/one:pull"));

        await using var other = await Engine.StartAsync();
        await other.Get<IRegistries>().PullAsync(one, null, null, new ProgressLog(), default);
        Assert.Single(other.Images.List());
    }

    [Fact]
    public async Task IdentityToken_FromLogin_CanBePushedWith()
    {
        await using var registry = await StartAsync();
        await using var engine = await Engine.StartAsync();
        await ImageStoreTests.ImportAsync(engine, registry.Host + "/a:1");
        var registries = engine.Get<IRegistries>();

        var identity = await registries.LogInAsync(new() { User = "user", Password = "secret", Server = registry.Host }, default);
        await registries.PushAsync(ImageReference.Parse(registry.Host + "/a:1"), null, new() { IdentityToken = identity }, new ProgressLog(), default);

        Assert.Equal("refresh-user", identity);
        await Assert.ThrowsAsync<NaruException>(() => registries.LogInAsync(new() { User = "user", Password = "wrong", Server = registry.Host }, default));
    }

    [Fact]
    public async Task Push_WithoutCredentials_IsRefused()
    {
        await using var registry = await StartAsync();
        await using var engine = await Engine.StartAsync();
        await ImageStoreTests.ImportAsync(engine, registry.Host + "/a:1");

        var refused = await Assert.ThrowsAsync<NaruException>(
            () => engine.Get<IRegistries>().PushAsync(ImageReference.Parse(registry.Host + "/a:1"), null, null, new ProgressLog(), default));

        Assert.True(refused.Kind is ErrorKind.Unauthenticated or ErrorKind.PermissionDenied, refused.Message);
    }

    private async Task<RealRegistry> StartAsync()
    {
        var bundle = Path.Combine(Directory.CreateTempSubdirectory("naru-test-").FullName, "issuer.crt");
        await File.WriteAllTextAsync(bundle, _certificate.ExportCertificatePem());
        var registry = await RealRegistry.StartAsync(
            $"auth:\n  token:\n    realm: {_server.Urls.First()}/token\n    service: test\n    issuer: issuer\n    rootcertbundle: {bundle}\n");
        Directory.Delete(Path.GetDirectoryName(bundle)!, recursive: true);
        return registry;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
        var scopes = form is null ? context.Request.Query["scope"].Select(scope => scope!) : form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _asked.Enqueue(string.Join(' ', scopes));
        var basic = "Basic " + Convert.ToBase64String("user:secret"u8.ToArray());
        var authorization = context.Request.Headers.Authorization.ToString();
        var isUser = authorization == basic || form?["refresh_token"].ToString() == "refresh-user";
        if (authorization.Length > 0 && !isUser)
        {
            context.Response.StatusCode = 401;
            return;
        }

        var access = scopes.Select(scope => scope.Split(':')).Select(parts =>
            $$"""{"type":"repository","name":"{{parts[1]}}","actions":[{{(isUser ? "\"pull\",\"push\"" : "\"pull\"")}}]}""");
        var token = Sign(string.Join(',', access));
        var refresh = context.Request.Query["offline_token"] == "true" ? ",\"refresh_token\":\"refresh-user\"" : "";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"token":"{{token}}","expires_in":300{{refresh}}}""");
    }

    private string Sign(string access)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = $$"""{"typ":"JWT","alg":"RS256","x5c":["{{Convert.ToBase64String(_certificate.RawData)}}"]}""";
        var claims = $$"""{"iss":"issuer","sub":"user","aud":"test","exp":{{now + 300}},"nbf":{{now - 10}},"iat":{{now}},"jti":"{{Guid.NewGuid():N}}","access":[{{access}}]}""";
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
