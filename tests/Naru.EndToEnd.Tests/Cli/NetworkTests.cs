using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary>Networks as containers, the host and other containers see them.</summary>
public sealed class NetworkTests(Engine engine)
{
    [Fact]
    public async Task UserNetwork_NamesAndAliases_Resolve()
    {
        await using var scene = new Scene(engine.Required());
        var network = scene.Network("named");
        await engine.DockerOkAsync("network", "create", network);
        var server = await scene.SleeperAsync("server", "--network", network, "--network-alias", "api");
        foreach (var name in (string[])[server, "api"])
        {
            Assert.Contains("1 packets received", await engine.DockerOkAsync("run", "--rm", "--network", network, Engine.Image, "ping", "-c", "1", "-W", "3", name), StringComparison.Ordinal);
        }

        Assert.NotEqual(0, (await engine.DockerAsync("run", "--rm", "--network", network, Engine.Image, "ping", "-c", "1", "-W", "3", "nosuchname")).ExitCode);
    }

    [Fact]
    public async Task UserNetwork_OtherNetworksContainers_AreNotReached()
    {
        await using var scene = new Scene(engine.Required());
        var first = scene.Network("first");
        var second = scene.Network("second");
        await engine.DockerOkAsync("network", "create", first);
        await engine.DockerOkAsync("network", "create", second);
        var server = await scene.SleeperAsync("server", "--network", first);
        var address = await AddressAsync(server, first);
        Assert.NotEqual(0, (await engine.DockerAsync("run", "--rm", "--network", second, Engine.Image, "ping", "-c", "1", "-W", "1", address)).ExitCode);
        Assert.NotEqual(0, (await engine.DockerAsync("run", "--rm", "--network", second, Engine.Image, "ping", "-c", "1", "-W", "1", server)).ExitCode);
    }

    [Fact]
    public async Task ConnectAndDisconnect_WhileRunning()
    {
        await using var scene = new Scene(engine.Required());
        var network = scene.Network("later");
        await engine.DockerOkAsync("network", "create", "--subnet", "10.77.5.0/24", "--gateway", "10.77.5.1", network);
        var name = await scene.SleeperAsync("joiner");
        await engine.DockerOkAsync("network", "connect", "--ip", "10.77.5.44", "--alias", "late", network, name);
        Assert.Equal("10.77.5.44", await AddressAsync(name, network));
        Assert.Contains("10.77.5.44/24", await engine.DockerOkAsync("exec", name, "ip", "addr"), StringComparison.Ordinal);
        Assert.Contains("1 packets received", await engine.DockerOkAsync("run", "--rm", "--network", network, Engine.Image, "ping", "-c", "1", "-W", "3", "late"), StringComparison.Ordinal);
        await engine.DockerOkAsync("network", "disconnect", network, name);
        Assert.DoesNotContain("10.77.5.44", await engine.DockerOkAsync("exec", name, "ip", "addr"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_Tcp_IsReachedFromTheHostAndFromContainers()
    {
        await using var scene = new Scene(engine.Required());
        var port = LoopbackPorts.Free();
        await scene.StartAsync("web", ["-p", $"{port}:80"], "sh", "-c", "mkdir /www; echo served >/www/index.html; exec httpd -f -p 80 -h /www");
        await Eventually.BecomesAsync(async () => (await FetchAsync($"http://127.0.0.1:{port}/")) == "served", "the page is served on loopback");
        var gateway = await engine.DockerOkAsync("run", "--rm", Engine.Image, "sh", "-c", "ip route | awk '/default/ { print $3 }'");
        Assert.Equal("served", await FetchAsync($"http://{gateway}:{port}/"));
        Assert.Equal("served", await engine.DockerOkAsync("run", "--rm", Engine.Image, "wget", "-q", "-O", "-", $"http://{gateway}:{port}/"));
    }

    [Fact]
    public async Task Publish_PortInUse_SaysSo()
    {
        await using var scene = new Scene(engine.Required());
        var port = LoopbackPorts.Free();
        await scene.SleeperAsync("first", "-p", $"{port}:80");
        var second = await engine.DockerAsync("run", "-d", "--name", scene.Container("second"), "-p", $"{port}:80", Engine.Image, "sleep", "1000");
        Assert.Equal(125, second.ExitCode);
        Assert.Contains($"Bind for 0.0.0.0:{port} failed: port is already allocated", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_RandomPortsAndRanges_AreListed()
    {
        await using var scene = new Scene(engine.Required());
        var any = await scene.SleeperAsync("any", "-p", "80", "-p", "127.0.0.1::53/udp");
        Assert.Matches(@"80/tcp -> 0\.0\.0\.0:\d+", await engine.DockerOkAsync("port", any));
        Assert.Matches(@"53/udp -> 127\.0\.0\.1:\d+", await engine.DockerOkAsync("port", any));
        var range = await scene.SleeperAsync("range", "-p", "23450-23452:8000-8002");
        Assert.Equal("0.0.0.0:23451", (await engine.DockerOkAsync("port", range, "8001")).Split('\n')[0]);
    }

    [Fact]
    public async Task ContainerNetwork_SharesTheOthersInterfaces()
    {
        await using var scene = new Scene(engine.Required());
        var owner = await scene.SleeperAsync("owner");
        var ours = await engine.DockerOkAsync("exec", owner, "cat", "/sys/class/net/eth0/address");
        Assert.Equal(ours, await engine.DockerOkAsync("run", "--rm", "--network", "container:" + owner, Engine.Image, "cat", "/sys/class/net/eth0/address"));
    }

    [Fact]
    public async Task Internal_HasNoWayOut()
    {
        await using var scene = new Scene(engine.Required());
        var network = scene.Network("inside");
        await engine.DockerOkAsync("network", "create", "--internal", network);
        var published = LoopbackPorts.Free();
        await scene.StartAsync("outside", ["-p", $"{published}:80"], "httpd", "-f", "-p", "80");
        var outside = await engine.DockerOkAsync("run", "--rm", Engine.Image, "sh", "-c", "ip route | awk '/default/ { print $3 }'");
        Assert.NotEqual(0, (await engine.DockerAsync("run", "--rm", "--network", network, Engine.Image, "wget", "-T", "2", "-q", "-O", "-", $"http://{outside}:{published}/")).ExitCode);
    }

    [Fact]
    public async Task Remove_InUse_IsRefused()
    {
        await using var scene = new Scene(engine.Required());
        var network = scene.Network("busy");
        await engine.DockerOkAsync("network", "create", network);
        await scene.SleeperAsync("user", "--network", network);
        var refused = await engine.DockerAsync("network", "rm", network);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("has active endpoints", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OverlappingSubnet_IsRefused()
    {
        await using var scene = new Scene(engine.Required());
        await engine.DockerOkAsync("network", "create", "--subnet", "10.88.0.0/16", scene.Network("wide"));
        var refused = await engine.DockerAsync("network", "create", "--subnet", "10.88.4.0/24", scene.Network("narrow"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Pool overlaps with other one on this address space", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ShowsTheThreeBuiltIn()
    {
        var names = (await engine.Required().DockerOkAsync("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}")).Split('\n');
        Assert.Superset(new HashSet<string> { "bridge bridge local", "host host local", "none null local" }, names.ToHashSet());
        Assert.Contains("is a pre-defined network and cannot be removed", (await engine.DockerAsync("network", "rm", "bridge")).Error, StringComparison.Ordinal);
    }

    private static async Task<string> FetchAsync(string address)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            return (await client.GetStringAsync(address)).TrimEnd();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return exception.Message;
        }
    }

    private Task<string> AddressAsync(string container, string network) =>
        engine.DockerOkAsync("inspect", "-f", $"{{{{(index .NetworkSettings.Networks \"{network}\").IPAddress}}}}", container);
}
