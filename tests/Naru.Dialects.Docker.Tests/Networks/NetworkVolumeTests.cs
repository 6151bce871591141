using System.Text.Json;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Networks;

public sealed class NetworkVolumeTests
{
    [Fact]
    public async Task Network_FromCreateToRemove_HasDockersShapes()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var body = """{"Name":"net","CheckDuplicate":true,"Driver":"bridge","IPAM":{"Driver":"default","Config":[{"Subnet":"10.9.0.0/24","Gateway":"10.9.0.1","AuxAddress":{"a":"10.9.0.5"}}]},"Options":{"o":"p"},"Labels":{"l":"v"},"Internal":true}""";
        var (status, answer) = await server.SendAsync("POST", "/networks/create", body);
        Assert.Equal(201, status);
        Assert.EndsWith("\"Warning\":\"\"}\n", answer, StringComparison.Ordinal);
        Assert.Equal(409, (await server.SendAsync("POST", "/networks/create", body)).Status);
        var network = JsonDocument.Parse((await server.SendAsync("GET", "/v1.52/networks/net")).Body).RootElement;
        Assert.Equal("10.9.0.5", network.GetProperty("IPAM").GetProperty("Config")[0].GetProperty("AuxiliaryAddresses").GetProperty("a").GetString());
        Assert.Equal((true, true), (network.GetProperty("Internal").GetBoolean(), network.GetProperty("EnableIPv4").GetBoolean()));
        Assert.Equal(4, network.GetProperty("Status").GetProperty("IPAM").GetProperty("Subnets").GetProperty("10.9.0.0/24").GetProperty("IPsInUse").GetInt32());
        Assert.False(JsonDocument.Parse((await server.SendAsync("GET", "/v1.47/networks/net")).Body).RootElement.TryGetProperty("EnableIPv4", out _));
        Assert.Equal(200, (await server.SendAsync("POST", "/networks/net/connect", """{"Container":"it","EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.9.0.9"}}}""")).Status);
        Assert.Equal(200, (await server.SendAsync("POST", "/networks/net/disconnect", """{"Container":"it","Force":true}""")).Status);
        Assert.Equal(1, JsonDocument.Parse((await server.SendAsync("GET", "/networks?filters={\"label\":[\"l=v\"]}")).Body).RootElement.GetArrayLength());
        Assert.Equal(3, JsonDocument.Parse((await server.SendAsync("GET", "/networks?filters={\"type\":[\"builtin\"]}")).Body).RootElement.GetArrayLength());
        Assert.Equal("{\"NetworksDeleted\":[\"net\"]}\n", (await server.SendAsync("POST", "/networks/prune")).Body);
        Assert.Equal(404, (await server.SendAsync("DELETE", "/networks/net")).Status);
    }

    [Fact]
    public async Task Volume_FromCreateToPrune_HasDockersShapes()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal(
            "{\"CreatedAt\":\"2026-01-02T03:04:05.678Z\",\"Driver\":\"local\",\"Labels\":{\"l\":\"v\"},\"Mountpoint\":\"/volumes/vol/_data\",\"Name\":\"vol\",\"Options\":null,\"Scope\":\"local\"}\n",
            (await server.SendAsync("POST", "/volumes/create", """{"Name":"vol","Labels":{"l":"v"}}""")).Body);
        await server.SendAsync("POST", "/volumes/create", "{}");
        Assert.Contains("\"Warnings\":null", (await server.SendAsync("GET", "/volumes")).Body, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse((await server.SendAsync("GET", "/volumes?filters={\"dangling\":[\"true\"]}")).Body).RootElement.GetProperty("Volumes").GetArrayLength());
        Assert.DoesNotContain("\"vol\"", (await server.SendAsync("POST", "/v1.42/volumes/prune")).Body, StringComparison.Ordinal);
        Assert.Contains("\"vol\"", (await server.SendAsync("POST", "/v1.41/volumes/prune")).Body, StringComparison.Ordinal);
        Assert.Equal(204, (await server.SendAsync("DELETE", "/volumes/nosuch?force=1")).Status);
        Assert.Equal(404, (await server.SendAsync("DELETE", "/volumes/nosuch")).Status);
    }
}
