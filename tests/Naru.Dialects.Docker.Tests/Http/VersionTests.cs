using System.Text.Json;
using Naru.Dialects.Docker.Engine;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Http;

public sealed class VersionTests
{
    [Fact]
    public async Task Ping_HeadAndGet_CarryTheHeadersClientsNegotiateBy()
    {
        await using var server = await DialectServer.StartAsync();
        foreach (var method in new[] { HttpMethod.Head, HttpMethod.Get })
        {
            using var response = await server.Client.SendAsync(new HttpRequestMessage(method, "/_ping"), TestContext.Current.CancellationToken);
            string Header(string name) => string.Join(' ', response.Headers.GetValues(name));
            Assert.Equal("1.52", Header("Api-Version"));
            Assert.Equal("2", Header("Builder-Version"));
            Assert.Equal("false", Header("Docker-Experimental"));
            Assert.Equal("linux", Header("Ostype"));
            Assert.Equal("inactive", Header("Swarm"));
            Assert.Equal("no-cache", Header("Pragma"));
            Assert.Equal("Naru/0.1.0 (linux)", Header("Server"));
            Assert.Equal(method == HttpMethod.Get ? "OK" : "", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("Docker-Client/20.10.24+dfsg1 (linux)", "1")]
    [InlineData("Docker-Client/28.2.2 (linux)", "2")]
    [InlineData("docker-sdk-python/7.1.0", "2")]
    [InlineData(null, "2")]
    public void Builder_ByClient_IsWhatThatClientCanUse(string? agent, string builder) => Assert.Equal(builder, PingRoutes.BuilderFor(agent));

    [Theory]
    [InlineData("/v1.53/info", 400, "client version 1.53 is too new. Maximum supported API version is 1.52")]
    [InlineData("/v1.10/info", 400, "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("/v2.0/info", 400, "client version 2.0 is too new. Maximum supported API version is 1.52")]
    [InlineData("/v1.45/nosuch", 404, "page not found")]
    [InlineData("/nosuch", 404, "page not found")]
    [InlineData("/", 404, "page not found")]
    public async Task Prefix_OutOfRangeOrUnknown_IsRefusedInDockersWords(string path, int status, string message)
    {
        await using var server = await DialectServer.StartAsync();
        var (code, body) = await server.SendAsync("GET", path);
        Assert.Equal(status, code);
        Assert.Equal(message, JsonDocument.Parse(body).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Route_EveryOne_AnswersUnderAPrefixToo()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal(200, (await server.SendAsync("GET", "/v1.24/info")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/v1.52/version")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/info")).Status);
    }

    [Fact]
    public void Shapes_EveryRule_NamesAFieldThatExists()
    {
        foreach (var (type, name) in VersionShapes.All)
        {
            Assert.Contains(DockerJson.Reading.GetTypeInfo(type).Properties, property => property.Name == name);
        }
    }

    [Fact]
    public async Task Inspect_ByVersion_HasTheFieldsOfThatVersion()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var old = (await server.SendAsync("GET", "/v1.41/containers/it/json")).Body;
        var now = (await server.SendAsync("GET", "/v1.52/containers/it/json")).Body;
        var settings = JsonDocument.Parse(old).RootElement.GetProperty("NetworkSettings");
        Assert.Equal("", settings.GetProperty("IPAddress").GetString());
        Assert.True(settings.TryGetProperty("Bridge", out _));
        settings = JsonDocument.Parse(now).RootElement.GetProperty("NetworkSettings");
        Assert.True(settings.TryGetProperty("IPAddress", out _), "clients that ask for the newest version go on reading it");
        Assert.True(settings.TryGetProperty("Networks", out _));
    }

    [Fact]
    public async Task Image_ByVersion_HasTheFieldsOfThatVersion()
    {
        await using var server = await DialectServer.StartAsync();
        async Task<JsonElement> Ask(string version) => JsonDocument.Parse((await server.SendAsync("GET", $"/v{version}/images/busybox/json")).Body).RootElement;
        var (v43, v44, v45, v49, v50, v52) = (await Ask("1.43"), await Ask("1.44"), await Ask("1.45"), await Ask("1.49"), await Ask("1.50"), await Ask("1.52"));
        Assert.True(v43.TryGetProperty("VirtualSize", out _));
        Assert.False(v44.TryGetProperty("VirtualSize", out _));
        Assert.True(v44.TryGetProperty("ContainerConfig", out _));
        Assert.False(v45.TryGetProperty("ContainerConfig", out _));
        Assert.True(v49.GetProperty("Config").TryGetProperty("Tty", out _));
        Assert.False(v50.GetProperty("Config").TryGetProperty("Tty", out _));
        Assert.Equal(JsonValueKind.Null, v50.GetProperty("Config").GetProperty("Entrypoint").ValueKind);
        Assert.True(v52.GetProperty("Config").TryGetProperty("OnBuild", out _), "clients that ask for the newest version go on reading it");
    }
}
