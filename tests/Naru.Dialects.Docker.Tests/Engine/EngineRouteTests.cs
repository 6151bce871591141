using System.Collections.Immutable;
using System.Text.Json;
using Naru.Core.Events;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Engine;

public sealed class EngineRouteTests
{
    private static readonly EngineEvent Start = new()
    {
        Type = "container",
        Action = "start",
        ActorId = "abc",
        Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("image", "busybox").Add("name", "it"),
        UnixNanoseconds = 1_700_000_000_000_000_005,
    };

    [Theory]
    [InlineData("/v1.41/events", null, "{\"status\":\"start\",\"id\":\"abc\",\"from\":\"busybox\",\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"image\":\"busybox\",\"name\":\"it\"}},\"scope\":\"local\",\"time\":1700000000,\"timeNano\":1700000000000000005}\n")]
    [InlineData("/v1.52/events", null, "{\"status\":\"start\",\"id\":\"abc\",\"from\":\"busybox\",\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"image\":\"busybox\",\"name\":\"it\"}},\"scope\":\"local\",\"time\":1700000000,\"timeNano\":1700000000000000005}\n")]
    [InlineData("/v1.52/events", "application/json-seq", "\u001e{\"status\":\"start\",\"id\":\"abc\",\"from\":\"busybox\",\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"image\":\"busybox\",\"name\":\"it\"}},\"scope\":\"local\",\"time\":1700000000,\"timeNano\":1700000000000000005}\n")]
    [InlineData("/events?filters={\"container\":[\"other\"]}", null, "")]
    [InlineData("/events?filters={\"event\":{\"die\":true}}", null, "")]
    [InlineData("/events?filters={\"type\":[\"image\"]}", null, "")]
    public async Task Events_ByVersionAndFilter_AreWritten(string path, string? accept, string expected)
    {
        await using var server = await DialectServer.StartAsync();
        server.Events.Publish(Start);
        server.Events.End();
        (string, string)[] headers = accept is null ? [] : [("Accept", accept)];
        Assert.Equal(expected, (await server.SendAsync("GET", path, null, headers)).Body);
    }

    [Fact]
    public async Task Events_BeforeAnything_SendHeadersAtOnce()
    {
        await using var server = await DialectServer.StartAsync();
        using var client = await server.OpenAsync();
        await client.SendAsync("GET /v1.45/events?since=5 HTTP/1.1\r\nHost: docker\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(5), server.Events.Asked.Since);
        server.Events.Publish(Start);
        Assert.Contains("\"status\":\"start\"", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiskUsage_ByVersion_HasListsAndSums()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        await server.SendAsync("POST", "/volumes/create", """{"Name":"vol"}""");
        async Task<JsonElement> Ask(string path) => JsonDocument.Parse((await server.SendAsync("GET", path)).Body).RootElement;
        var old = await Ask("/v1.41/system/df");
        Assert.Equal((100, 10, 12), (old.GetProperty("LayersSize").GetInt32(), old.GetProperty("Containers")[0].GetProperty("SizeRw").GetInt32(), old.GetProperty("Volumes")[0].GetProperty("UsageData").GetProperty("Size").GetInt32()));
        Assert.False(old.TryGetProperty("ImageUsage", out _));
        var now = await Ask("/v1.52/system/df?verbose=1&type=volume");
        Assert.False(now.TryGetProperty("Volumes", out _));
        Assert.False(now.TryGetProperty("ImageUsage", out _));
        Assert.Equal("vol", now.GetProperty("VolumeUsage").GetProperty("Items")[0].GetProperty("Name").GetString());
        Assert.Equal(12, now.GetProperty("VolumeUsage").GetProperty("Reclaimable").GetInt32());
    }

    [Fact]
    public async Task Info_AndVersion_TellWhatClientsRead()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var info = JsonDocument.Parse((await server.SendAsync("GET", "/info")).Body).RootElement;
        Assert.Equal((1, 1, 0), (info.GetProperty("Containers").GetInt32(), info.GetProperty("ContainersRunning").GetInt32(), info.GetProperty("ContainersStopped").GetInt32()));
        Assert.Equal(("linux", "overlay2", "1", "inactive"), (info.GetProperty("OSType").GetString(), info.GetProperty("Driver").GetString(), info.GetProperty("CgroupVersion").GetString(), info.GetProperty("Swarm").GetProperty("LocalNodeState").GetString()));
        var version = JsonDocument.Parse((await server.SendAsync("GET", "/version")).Body).RootElement;
        Assert.Equal(("1.52", "1.24", "Engine"), (version.GetProperty("ApiVersion").GetString(), version.GetProperty("MinAPIVersion").GetString(), version.GetProperty("Components")[0].GetProperty("Name").GetString()));
    }
}
