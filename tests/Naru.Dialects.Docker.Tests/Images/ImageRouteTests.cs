using System.Text;
using System.Text.Json;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Images;

public sealed class ImageRouteTests
{
    [Fact]
    public async Task Pull_Streams_EveryLineOfIt()
    {
        await using var server = await DialectServer.StartAsync();
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"username":"u","password":"p","serveraddress":"https://index.docker.io/v1/"}"""));
        var (status, body) = await server.SendAsync("POST", "/images/create?fromImage=busybox&tag=latest", null, ("X-Registry-Auth", auth));
        Assert.Equal(200, status);
        Assert.Equal(
            [
                """{"status":"Pulling from library/busybox","id":"latest"}""",
                """{"status":"Downloading","progressDetail":{"current":50,"total":100},"progress":"[=========================>                         ]      50B/100B","id":"aabbcc"}""",
                """{"status":"Pull complete","progressDetail":{},"id":"aabbcc"}""",
                $$"""{"status":"Digest: sha256:{{new string('d', 64)}}"}""",
                """{"status":"Status: Downloaded newer image for busybox:latest"}""",
                "",
            ],
            body.Split("\r\n"));
        Assert.Equal(("u", "p", "docker.io"), (server.Registries.Given!.User, server.Registries.Given.Password, server.Registries.Given.Server));
    }

    [Fact]
    public async Task Pull_FailsBeforeItBegan_IsAnHttpError()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await server.SendAsync("POST", "/images/create?fromImage=nosuch&tag=1");
        Assert.Equal(404, status);
        Assert.Contains("pull access denied for nosuch", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_FailsOnTheWay_TellsItInTheStream()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await server.SendAsync("POST", "/images/create?fromImage=broken&tag=1");
        Assert.Equal(200, status);
        Assert.EndsWith("{\"errorDetail\":{\"message\":\"connection reset\"},\"error\":\"connection reset\"}\r\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_Ends_WithTheResult()
    {
        await using var server = await DialectServer.StartAsync();
        var (_, body) = await server.SendAsync("POST", "/images/localhost:5000/a/b/push?tag=1");
        Assert.StartsWith("{\"status\":\"The push refers to repository [localhost:5000/a/b]\"}\r\n", body, StringComparison.Ordinal);
        Assert.Contains($"{{\"status\":\"1: digest: sha256:{new string('d', 64)} size: 527\"}}", body, StringComparison.Ordinal);
        Assert.Contains("{\"aux\":{\"Tag\":\"1\",\"Digest\":\"sha256:ddd", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_Quiet_TellsOnlyTheResult()
    {
        await using var server = await DialectServer.StartAsync();
        using var content = new StringContent("archive", Encoding.ASCII, "application/x-tar");
        using var response = await server.Client.PostAsync(new Uri("/images/load?quiet=1", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal("{\"stream\":\"Loaded image: busybox:latest\\n\"}\r\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var broken = new StringContent("garbage", Encoding.ASCII, "application/x-tar");
        using var refused = await server.Client.PostAsync(new Uri("/images/load", UriKind.Relative), broken, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)refused.StatusCode);
    }

    [Fact]
    public async Task Others_Answer_InDockersShapes()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal("archive", (await server.SendAsync("GET", "/images/get?names=busybox")).Body);
        Assert.Equal(201, (await server.SendAsync("POST", "/images/busybox/tag?repo=localhost:5000/x&tag=2")).Status);
        Assert.Equal(["tag busybox localhost:5000/x:2"], server.Images.Calls);
        Assert.Equal($"[{{\"Untagged\":\"busybox:latest\"}},{{\"Deleted\":\"sha256:{new string('b', 64)}\"}}]\n", (await server.SendAsync("DELETE", "/images/busybox?force=1")).Body);
        var history = JsonDocument.Parse((await server.SendAsync("GET", "/images/busybox/history")).Body).RootElement;
        Assert.Equal(("CMD [\"sh\"]", 0, 100), (history[0].GetProperty("CreatedBy").GetString(), history[0].GetProperty("Size").GetInt32(), history[1].GetProperty("Size").GetInt32()));
        Assert.Equal("<missing>", history[1].GetProperty("Id").GetString());
        Assert.Contains("\"star_count\":100", (await server.SendAsync("GET", "/images/search?term=busybox&filters={\"is-official\":[\"true\"]}")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("me/busybox", (await server.SendAsync("GET", "/images/search?term=busybox&filters={\"stars\":[\"5\"]}")).Body, StringComparison.Ordinal);
        Assert.Contains("\"Platforms\":[{\"architecture\":\"amd64\",\"os\":\"linux\"}]", (await server.SendAsync("GET", "/distribution/a/b/json")).Body, StringComparison.Ordinal);
        Assert.Equal("{\"Status\":\"Login Succeeded\",\"IdentityToken\":\"\"}\n", (await server.SendAsync("POST", "/auth", """{"username":"a","password":"right"}""")).Body);
    }

    [Fact]
    public async Task List_ByVersion_HasTheUntaggedForm()
    {
        await using var server = await DialectServer.StartAsync();
        server.Images.All.Add(FakeImages.Busybox with { Id = new("sha256:" + new string('7', 64)), Tags = [], Digests = [] });
        Assert.Contains("\"RepoTags\":[\"<none>:<none>\"]", (await server.SendAsync("GET", "/v1.42/images/json")).Body, StringComparison.Ordinal);
        Assert.Contains("\"RepoTags\":[]", (await server.SendAsync("GET", "/v1.43/images/json")).Body, StringComparison.Ordinal);
        var dangling = JsonDocument.Parse((await server.SendAsync("GET", "/images/json?filters={\"dangling\":[\"true\"]}")).Body).RootElement;
        Assert.Equal(1, dangling.GetArrayLength());
    }
}
