using System.Text.Json;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Http;

/// <summary>Every malformed request gets a clear 4xx and changes nothing.</summary>
public sealed class MalformedInputTests
{
    [Theory]
    [InlineData("", "invalid JSON: got EOF while reading request body")]
    [InlineData("{\"Image\":", "invalid JSON: unexpected EOF")]
    [InlineData("{\"Image\":5}", "invalid JSON: json: cannot unmarshal number into Go value of type string (field Image)")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Memory\":\"lots\"}}", "invalid JSON: json: cannot unmarshal string into Go value of type int64 (field HostConfig.Memory)")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Memory\":99999999999999999999999}}", "invalid JSON: json: cannot unmarshal number into Go value of type int64 (field HostConfig.Memory)")]
    [InlineData("{\"Image\":\"busybox\",\"Tty\":\"yes\"}", "invalid JSON: json: cannot unmarshal string into Go value of type bool (field Tty)")]
    [InlineData("{\"Image\":\"busybox\",\"Cmd\":{}}", "invalid JSON: json: cannot unmarshal object into Go value of type []string (field Cmd)")]
    [InlineData("{\"Image\":\"busybox\",\"Cmd\":[1]}", "invalid JSON: json: cannot unmarshal number into Go value of type string")]
    [InlineData("{\"Image\":\"busybox\"} x", "unexpected content after JSON")]
    [InlineData("{}", "Config cannot be empty in order to create a container")]
    [InlineData("null", "invalid JSON: got EOF while reading request body")]
    [InlineData("nonsense", "invalid JSON")]
    [InlineData("[]", "invalid JSON")]
    [InlineData("{\"Image\":\"busybox\",\"Env\":[\"=x\"]}", "invalid environment variable: =x")]
    [InlineData("{\"Image\":\"busybox\",\"WorkingDir\":\"relative\"}", "the working directory 'relative' is invalid, it needs to be an absolute path")]
    [InlineData("{\"Image\":\"busybox\",\"ExposedPorts\":{\"99999/tcp\":{}}}", "invalid port specification: \"99999/tcp\"")]
    [InlineData("{\"Image\":\"busybox\",\"ExposedPorts\":{\"80/xyz\":{}}}", "invalid port specification: \"80/xyz\"")]
    [InlineData("{\"Image\":\"busybox\",\"Healthcheck\":{\"Interval\":5}}", "Interval in Healthcheck cannot be less than 1ms")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"x\"}}}", "invalid restart policy: unknown policy 'x'")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\",\"MaximumRetryCount\":3}}}", "invalid restart policy: maximum retry count")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"AutoRemove\":true,\"RestartPolicy\":{\"Name\":\"always\"}}}", "can't create 'AutoRemove' container with restart policy")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"PidMode\":\"container:\"}}", "invalid PID mode: container:")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"IpcMode\":\"nosuch\"}}", "invalid IPC mode: nosuch")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Target\":\"/x\"}]}}", "field Source must not be empty")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"nosuch\",\"Target\":\"/x\"}]}}", "mount type unknown")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"x\"}]}}", "mount path must be absolute")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/x\",\"BindOptions\":{}}]}}", "BindOptions must not be specified on mount type")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"70000\"}]}}}", "invalid port specification: \"70000\"")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"nosuch\"}]}}}", "invalid host IP address 'nosuch'")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Dns\":[\"nosuch\"]}}", "invalid DNS address: nosuch")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"ExtraHosts\":[\"nosuch\"]}}", "bad format for add-host: \"nosuch\"")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"MemorySwappiness\":101}}", "valid memory swappiness range is 0-100")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Isolation\":\"hyperv\"}}", "invalid isolation (hyperv)")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"ShmSize\":-1}}", "SHM size can not be less than 0")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioWeight\":5}}", "Range of blkio weight is from 10 to 1000")]
    [InlineData("{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"bridge\":{\"IPAMConfig\":{\"IPv4Address\":\"300.1.1.1\"}}}}}", "invalid IPv4 address: 300.1.1.1")]
    public async Task Create_Malformed_IsRefusedAndMakesNothing(string body, string message)
    {
        await using var server = await DialectServer.StartAsync();
        var (status, answer) = await server.SendAsync("POST", "/containers/create?name=x", body);
        Assert.Equal(400, status);
        Assert.Contains(message, MessageOf(answer), StringComparison.Ordinal);
        Assert.Empty(server.Containers.List());
    }

    [Theory]
    [InlineData("GET", "/containers/json?limit=x", null, 400, "strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("GET", "/containers/json?filters=x", null, 400, "invalid filter")]
    [InlineData("GET", "/containers/json?filters=[1]", null, 400, "invalid filter")]
    [InlineData("GET", "/containers/json?filters={\"nosuch\":[\"x\"]}", null, 400, "invalid filter 'nosuch'")]
    [InlineData("GET", "/containers/json?filters={\"status\":{\"odd\":true}}", null, 400, "invalid filter 'status=odd'")]
    [InlineData("GET", "/containers/json?filters={\"exited\":[\"x\"]}", null, 400, "invalid filter 'exited=x'")]
    [InlineData("GET", "/images/json?filters={\"nosuch\":[\"x\"]}", null, 400, "invalid filter 'nosuch'")]
    [InlineData("GET", "/images/json?filters={\"dangling\":[\"maybe\"]}", null, 400, "invalid filter 'dangling=maybe'")]
    [InlineData("GET", "/volumes?filters={\"nosuch\":[\"x\"]}", null, 400, "invalid filter 'nosuch'")]
    [InlineData("GET", "/networks?filters={\"nosuch\":[\"x\"]}", null, 400, "invalid filter 'nosuch'")]
    [InlineData("GET", "/events?until=1&filters={\"nosuch\":[\"x\"]}", null, 400, "invalid filter 'nosuch'")]
    [InlineData("GET", "/events?since=5&until=1", null, 400, "cannot be after")]
    [InlineData("GET", "/events?since=garbage", null, 400, "failed to parse value")]
    [InlineData("GET", "/system/df?type=nosuch", null, 400, "unknown object type: nosuch")]
    [InlineData("GET", "/containers/it/logs", null, 400, "Bad parameters: you must choose at least one stream")]
    [InlineData("GET", "/containers/it/logs?stdout=1&since=garbage", null, 400, "invalid value for \"since\"")]
    [InlineData("POST", "/containers/it/wait?condition=never", null, 400, "invalid condition: \"never\"")]
    [InlineData("POST", "/containers/it/resize?h=x&w=1", null, 400, "invalid resize height \"x\"")]
    [InlineData("POST", "/containers/it/rename", null, 400, "Neither old nor new names may be empty")]
    [InlineData("POST", "/containers/it/stop?t=x", null, 400, "strconv.Atoi")]
    [InlineData("POST", "/containers/it/start", "{\"Binds\":[\"/:/x\"]}", 400, "non-empty request body was deprecated")]
    [InlineData("POST", "/containers/it/update", "{\"Memory\":-1}", 400, "invalid memory limit")]
    [InlineData("POST", "/containers/it/exec", "{\"Cmd\":[]}", 400, "No exec command specified")]
    [InlineData("POST", "/containers/it/exec", "{\"Cmd\":[\"ls\"],\"WorkingDir\":\"x\"}", 400, "needs to be an absolute path")]
    [InlineData("GET", "/containers/it/archive", null, 400, "'path' cannot be empty")]
    [InlineData("GET", "/containers/nosuch/json", null, 404, "No such container: nosuch")]
    [InlineData("POST", "/exec/nosuch/start", "{}", 404, "No such exec instance: nosuch")]
    [InlineData("GET", "/images/nosuch/json", null, 404, "No such image: nosuch")]
    [InlineData("POST", "/images/busybox/tag?repo=UPPER", null, 400, "must be lowercase")]
    [InlineData("POST", "/images/busybox/tag", null, 400, "invalid reference format")]
    [InlineData("POST", "/images/create?fromImage=:bad:", null, 400, "invalid reference format")]
    [InlineData("POST", "/images/create?fromImage=x&tag=1&platform=foobar", null, 400, "unknown operating system or architecture")]
    [InlineData("POST", "/images/create", null, 400, "fromImage or fromSrc is required")]
    [InlineData("POST", "/images/create?fromSrc=-&repo=x&changes=FRUM+x", null, 400, "frum is not a valid change command")]
    [InlineData("GET", "/images/search?term=x&limit=1000", null, 400, "outside the range")]
    [InlineData("GET", "/images/get?names=nosuch", null, 404, "nosuch")]
    [InlineData("POST", "/auth", "{\"username\":\"a\",\"password\":\"wrong\"}", 401, "incorrect username or password")]
    [InlineData("POST", "/build?squash=1", null, 400, "squash is only supported with experimental mode")]
    [InlineData("POST", "/build?buildargs=x", null, 400, "error reading buildargs")]
    [InlineData("POST", "/build?t=UPPER", null, 400, "must be lowercase")]
    [InlineData("POST", "/build/cancel", null, 400, "build ID not provided")]
    [InlineData("POST", "/networks/create", "{\"Name\":\"\"}", 400, "network name cannot be empty")]
    [InlineData("POST", "/networks/create", "{\"Name\":\"x\",\"IPAM\":{\"Config\":[{\"Subnet\":\"1.2.3.4\"}]}}", 400, "invalid subnet 1.2.3.4")]
    [InlineData("POST", "/networks/create", "{\"Name\":\"x\",\"Driver\":\"overlay\"}", 503, "This node is not a swarm manager")]
    [InlineData("DELETE", "/networks/bridge", null, 403, "pre-defined network")]
    [InlineData("POST", "/networks/bridge/connect", "{}", 400, "value is empty")]
    [InlineData("POST", "/networks/nosuch/connect", "{\"Container\":\"it\"}", 404, "network nosuch not found")]
    [InlineData("POST", "/volumes/create", "{\"Driver\":\"nosuch\"}", 404, "plugin \"nosuch\" not found")]
    [InlineData("PUT", "/volumes/x?version=1", "{}", 503, "This node is not a swarm manager")]
    [InlineData("GET", "/volumes/nosuch", null, 404, "no such volume")]
    [InlineData("GET", "/services", null, 503, "This node is not a swarm manager")]
    [InlineData("GET", "/nodes", null, 503, "This node is not a swarm manager")]
    [InlineData("GET", "/swarm", null, 503, "This node is not a swarm manager")]
    [InlineData("POST", "/services/x/update?version=y", null, 400, "invalid version 'y'")]
    [InlineData("POST", "/swarm/leave", null, 503, "This node is not part of a swarm")]
    [InlineData("GET", "/plugins/nosuch/json", null, 404, "plugin \"nosuch\" not found")]
    [InlineData("POST", "/commit", null, 400, "container to commit is not given")]
    [InlineData("POST", "/containers/prune?filters={\"until\":[\"garbage\"]}", null, 400, "invalid filter 'until=garbage'")]
    [InlineData("PATCH", "/containers/it", null, 404, "page not found")]
    public async Task Request_Malformed_GetsAClearAnswer(string method, string path, string? body, int status, string message)
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var before = server.Containers.Calls.Count;
        var (code, answer) = await server.SendAsync(method, path, body);
        Assert.Equal(status, code);
        Assert.Contains(message, MessageOf(answer), StringComparison.Ordinal);
        Assert.Equal(before, server.Containers.Calls.Count);
        Assert.Single(server.Containers.List());
        Assert.Equal(3, server.Networks.All.Count);
        Assert.Empty(server.Volumes.All);
    }

    [Fact]
    public async Task Body_FarTooLarge_IsRefused()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, answer) = await server.SendAsync("POST", "/containers/create", "{\"Image\":\"" + new string('x', 17 * 1024 * 1024) + "\"}");
        Assert.Equal(400, status);
        Assert.Contains("larger than", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_NestedTooDeep_IsRefused()
    {
        await using var server = await DialectServer.StartAsync();
        var deep = "{\"Labels\":" + new string('[', 5000);
        Assert.Equal(400, (await server.SendAsync("POST", "/containers/create", deep)).Status);
    }

    [Fact]
    public async Task Body_OfAnotherType_IsRefused()
    {
        await using var server = await DialectServer.StartAsync();
        using var content = new StringContent("{\"Image\":\"busybox\"}");
        using var response = await server.Client.PostAsync(new Uri("/containers/create", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("must be 'application/json'", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthHeader_Broken_IsRefused()
    {
        await using var server = await DialectServer.StartAsync();
        Assert.Equal(400, (await server.SendAsync("POST", "/images/create?fromImage=x&tag=1", null, ("X-Registry-Auth", "!!!"))).Status);
        Assert.Equal(400, (await server.SendAsync("POST", "/images/create?fromImage=x&tag=1", null, ("X-Registry-Auth", "bm90IGpzb24="))).Status);
    }

    private static string MessageOf(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("message").GetString()!;
}
