using System.Text.Json;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Containers;

public sealed class ContainerRouteTests
{
    [Fact]
    public async Task Life_FromCreateToRemove_HasDockersStatuses()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, body) = await server.SendAsync("POST", "/v1.50/containers/create?name=it", """{"Image":"busybox","Cmd":"true"}""");
        Assert.Equal(201, status);
        Assert.Matches("^{\"Id\":\"[0-9a-f]{64}\",\"Warnings\":\\[\\]}\n$", body);
        Assert.Equal(409, (await server.SendAsync("POST", "/containers/create?name=it", """{"Image":"busybox"}""")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/create", """{"Image":"nosuch"}""")).Status);
        Assert.Equal(409, (await server.SendAsync("POST", "/containers/it/kill")).Status);
        Assert.Equal(204, (await server.SendAsync("POST", "/containers/it/start")).Status);
        Assert.Equal(304, (await server.SendAsync("POST", "/containers/it/start")).Status);
        Assert.Equal(409, (await server.SendAsync("DELETE", "/containers/it")).Status);
        Assert.Equal(204, (await server.SendAsync("POST", "/v1.42/containers/it/stop?t=3&signal=SIGINT")).Status);
        Assert.Contains("stop it SIGINT 3", server.Containers.Calls);
        Assert.Equal(304, (await server.SendAsync("POST", "/containers/it/stop")).Status);
        Assert.Equal(204, (await server.SendAsync("POST", "/containers/it/rename?name=other")).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", "/containers/other")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/containers/other/json")).Status);
    }

    [Theory]
    [InlineData(127, 400)]
    [InlineData(126, 400)]
    [InlineData(128, 500)]
    public async Task Start_ThatCannotExecute_IsTheCallersFaultOrNot(int exitCode, int status)
    {
        await using var server = await DialectServer.StartAsync();
        await server.SendAsync("POST", "/containers/create?name=it", """{"Image":"busybox"}""");
        server.Containers.FailNext = new NaruException(ErrorKind.Internal, "exec: \"x\": executable file not found in $PATH") { ExitCode = exitCode };
        var (code, body) = await server.SendAsync("POST", "/containers/it/start");
        Assert.Equal(status, code);
        Assert.Contains("executable file not found", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Filters_NarrowAndImplyStopped()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("one");
        await server.RunAsync("two");
        server.Containers.End("two", 3);
        async Task<string[]> Names(string query) =>
            [.. JsonDocument.Parse((await server.SendAsync("GET", "/containers/json" + query)).Body).RootElement.EnumerateArray().Select(item => item.GetProperty("Names")[0].GetString()!)];
        Assert.Equal(["/one"], await Names(""));
        Assert.Equal(["/two", "/one"], await Names("?all=1"));
        Assert.Equal(["/two"], await Names("?limit=1"));
        Assert.Equal(["/two"], await Names("?filters={\"exited\":[\"3\"]}"));
        Assert.Equal(["/two"], await Names("?filters={\"status\":[\"exited\"]}"));
        Assert.Equal(["/one"], await Names("?all=1&filters={\"name\":[\"^/one$\"]}"));
        Assert.Equal(["/two", "/one"], await Names("?all=1&filters={\"ancestor\":[\"busybox\"]}"));
        Assert.Empty(await Names("?all=1&filters={\"label\":[\"x\"]}"));
        Assert.Empty(await Names("?all=1&filters={\"network\":[\"host\"]}"));
    }

    [Fact]
    public async Task List_ImageIsGone_ShowsItsIdOrTheWordForNone()
    {
        await using var server = await DialectServer.StartAsync();
        await server.Containers.CreateAsync(new ContainerSpec { Image = "naru/sandbox", Layers = LayerChain.Empty }, "sandbox", CancellationToken.None);
        await server.Containers.CreateAsync(new ContainerSpec { Image = "gone", Layers = new LayerChain([Digest.Of("layer"u8)]) }, "step", CancellationToken.None);

        var images = JsonDocument.Parse((await server.SendAsync("GET", "/containers/json?all=1")).Body).RootElement.EnumerateArray().ToDictionary(static item => item.GetProperty("Names")[0].GetString()!, static item => item.GetProperty("Image").GetString()!);

        Assert.Equal("naru/sandbox", images["/sandbox"]);
        Assert.StartsWith("sha256:", images["/step"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Live_ShowsNetworksAndPorts()
    {
        await using var server = await DialectServer.StartAsync();
        var container = await server.RunAsync("it");
        var endpoint = new Endpoint
        {
            Id = new string('e', 64),
            NetworkId = new string('1', 64),
            NetworkName = "bridge",
            Container = container.Id,
            IPv4Address = "172.17.0.2",
            IPv4Prefix = 16,
            Gateway = "172.17.0.1",
            MacAddress = "02:42:ac:11:00:02",
        };
        server.Containers.Change("it", one => one with
        {
            Spec = one.Spec with { Network = one.Spec.Network with { Exposed = [new PortSpec(80, "tcp"), new PortSpec(90, "tcp")] } },
            Status = one.Status with
            {
                Network = new SandboxNetwork
                {
                    Endpoints = System.Collections.Immutable.ImmutableSortedDictionary<string, Endpoint>.Empty.Add("bridge", endpoint),
                    Ports = [new PublishedPort(new PortSpec(80, "tcp"), "0.0.0.0", 8080), new PublishedPort(new PortSpec(80, "tcp"), "::", 8080)],
                },
            },
        });
        var settings = JsonDocument.Parse((await server.SendAsync("GET", "/v1.44/containers/it/json")).Body).RootElement.GetProperty("NetworkSettings");
        Assert.Equal("172.17.0.2", settings.GetProperty("IPAddress").GetString());
        Assert.Equal(JsonValueKind.Null, settings.GetProperty("Ports").GetProperty("90/tcp").ValueKind);
        Assert.Equal("8080", settings.GetProperty("Ports").GetProperty("80/tcp")[1].GetProperty("HostPort").GetString());
        Assert.Equal(16, settings.GetProperty("Networks").GetProperty("bridge").GetProperty("IPPrefixLen").GetInt32());
        var summary = (await server.SendAsync("GET", "/v1.44/containers/json")).Body;
        Assert.Contains("""{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}""", summary, StringComparison.Ordinal);
        Assert.Contains("""{"PrivatePort":90,"Type":"tcp"}""", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_Framed_HaveTheContentTypeOfTheVersion()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        server.Logs.Add(OutputStream.Output, "a\n", 1);
        server.Logs.Add(OutputStream.Error, "b\n", 2);
        foreach (var (version, type) in new[] { ("v1.41", "application/vnd.docker.raw-stream"), ("v1.42", "application/vnd.docker.multiplexed-stream") })
        {
            using var response = await server.Client.GetAsync(new Uri($"/{version}/containers/it/logs?stdout=1&stderr=1&tail=5&since=10", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("\u0001\0\0\0\0\0\0\u0002a\n\u0002\0\0\0\0\0\0\u0002b\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal(5, server.Logs.Asked!.Tail);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(10), server.Logs.Asked.Since);
    }

    [Fact]
    public async Task Archive_HeadAndPut_CarryStatAndTar()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        using var response = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/containers/it/archive?path=/there"), TestContext.Current.CancellationToken);
        var stat = JsonDocument.Parse(Convert.FromBase64String(response.Headers.GetValues("X-Docker-Container-Path-Stat").Single())).RootElement;
        Assert.Equal(("there", 5, 420), (stat.GetProperty("name").GetString(), stat.GetProperty("size").GetInt32(), stat.GetProperty("mode").GetInt32()));
        Assert.Equal(404, (await server.SendAsync("HEAD", "/containers/it/archive?path=/nosuch")).Status);
        using var content = new ByteArrayContent("tar"u8.ToArray());
        using var put = await server.Client.PutAsync(new Uri("/containers/it/archive?path=/x&noOverwriteDirNonDir=true", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)put.StatusCode);
        Assert.Equal(["/x tar True"], server.Files.Extracted);
    }

    [Fact]
    public async Task Stats_OneShot_AnswersOnceWithoutWaiting()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var stats = JsonDocument.Parse((await server.SendAsync("GET", "/containers/it/stats?stream=0&one-shot=1")).Body).RootElement;
        Assert.Equal(1000, stats.GetProperty("cpu_stats").GetProperty("cpu_usage").GetProperty("total_usage").GetInt32());
        Assert.Equal(8192, stats.GetProperty("memory_stats").GetProperty("limit").GetInt32());
        Assert.Equal("/it", stats.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Prune_Stopped_RemovesThemAndTells()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("one");
        await server.RunAsync("two");
        server.Containers.End("two", 0);
        var report = JsonDocument.Parse((await server.SendAsync("POST", "/containers/prune")).Body).RootElement;
        Assert.Equal(10, report.GetProperty("SpaceReclaimed").GetInt32());
        Assert.Single(server.Containers.List());
        Assert.Contains(server.Events.Published, happened => happened is { Type: "container", Action: "prune" });
    }

    [Fact]
    public async Task Commit_WithChanges_MakesAnImage()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var (status, body) = await server.SendAsync("POST", "/commit?container=it&repo=new&tag=1&comment=c&author=a&changes=ENV+X%3D1", """{"Cmd":["run"],"Labels":{"k":"v"}}""");
        Assert.Equal(201, status);
        Assert.Contains("sha256:eeee", body, StringComparison.Ordinal);
        var made = server.Images.Made!;
        Assert.Equal(["run"], made.Config.Command!.Value);
        Assert.Equal(["X=1"], made.Config.Environment);
        Assert.Equal(("v", "c", "a"), (made.Config.Labels!["k"], made.Comment, made.Author));
        Assert.Equal(2, made.Layers.DiffIds.Length);
        Assert.Equal(3, made.History.Length);
        Assert.Equal(["start it", "pause it", "unpause it"], server.Containers.Calls);
    }
}
