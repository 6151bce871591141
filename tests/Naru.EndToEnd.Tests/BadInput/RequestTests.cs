using System.Text.Json.Nodes;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Images;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.BadInput;

/// <summary>Requests that no honest client sends: a clear 4xx each, and nothing changes.</summary>
public sealed class RequestTests(Engine engine)
{
    [Theory]
    [InlineData("{\"Image\":\"busybox:latest\"", 400)]
    [InlineData("", 400)]
    [InlineData("[]", 400)]
    [InlineData("\"text\"", 400)]
    [InlineData("nonsense", 400)]
    [InlineData("{\"Image\":5}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"Cmd\":5}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"Env\":{\"a\":1}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":[]}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Memory\":\"much\"}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Memory\":1e300}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Memory\":99999999999999999999}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Memory\":-5}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Memory\":1}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"NanoCpus\":1000000000000}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"CpusetCpus\":\"0-999\"}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"CpusetCpus\":\"x\"}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"OomScoreAdj\":5000}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"ShmSize\":-1}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"sometimes\"}}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\",\"MaximumRetryCount\":3}}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\"},\"AutoRemove\":true}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"70000\"}]}}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"PortBindings\":{\"eighty\":[{\"HostPort\":\"80\"}]}}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Binds\":[\"/:/:rw:rw\"]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Binds\":[\"/tmp:relative\"]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Binds\":[\"../x:/y\"]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"nosuch\",\"Target\":\"/x\"}]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"relative\",\"Target\":\"/x\"}]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"\"}]}}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"Sysctls\":{\"kernel.panic\":\"1\"},\"NetworkMode\":\"host\"}}", null)]
    [InlineData("{\"Image\":\"busybox:latest\",\"StopSignal\":\"SIGNONSENSE\"}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"WorkingDir\":\"relative\"}", 400)]
    [InlineData("{\"Image\":\"busybox:latest\",\"Healthcheck\":{\"Interval\":-5}}", 400)]
    [InlineData("{\"Image\":\"BUSYBOX:latest\"}", 400)]
    [InlineData("{\"Image\":\"../../etc/passwd\"}", 400)]
    [InlineData("{\"Image\":\"nosuchimage:latest\"}", 404)]
    [InlineData("{\"Image\":\"busybox:latest\",\"HostConfig\":{\"NetworkMode\":\"container:nosuch\"}}", null)]
    public async Task Create_BadBody_IsRefused(string body, int? status)
    {
        var before = await StateAsync();
        var answer = await engine.Api.SendAsync(HttpMethod.Post, "/containers/create", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        if (answer.Status == 201)
        {
            // Allowed only where docker too finds out at start.
            Assert.Null(status);
            var id = answer.Json["Id"]!.GetValue<string>();
            var start = await engine.Api.PostAsync($"/containers/{id}/start");
            await engine.Api.DeleteAsync($"/containers/{id}?force=1");
            Assert.InRange(start.Status, 400, 599);
        }
        else
        {
            Assert.True(status is null ? answer.Status is >= 400 and < 500 : answer.Status == status, answer.ToString());
            Assert.NotEmpty(answer.Message);
        }

        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("GET", "/containers/nosuch/json", 404)]
    [InlineData("GET", "/containers/..%2f..%2fetc/json", 404)]
    [InlineData("GET", "/containers/json?filters=%7Bbroken", 400)]
    [InlineData("GET", "/containers/json?filters=%7B%22nosuch%22%3A%5B%22x%22%5D%7D", 400)]
    [InlineData("GET", "/containers/json?limit=many", 400)]
    [InlineData("POST", "/containers/nosuch/start", 404)]
    [InlineData("POST", "/containers/nosuch/kill", 404)]
    [InlineData("DELETE", "/containers/nosuch", 404)]
    [InlineData("GET", "/images/nosuch/json", 404)]
    [InlineData("GET", "/images/..%2f..%2fetc/json", null)]
    [InlineData("DELETE", "/images/nosuch", 404)]
    [InlineData("POST", "/images/busybox:latest/tag?repo=UPPER", 400)]
    [InlineData("GET", "/networks/nosuch", 404)]
    [InlineData("DELETE", "/networks/nosuch", 404)]
    [InlineData("GET", "/volumes/nosuch", 404)]
    [InlineData("GET", "/volumes/..%2f..%2fetc", null)]
    [InlineData("DELETE", "/volumes/nosuch", 404)]
    [InlineData("POST", "/exec/nosuch/start", 404)]
    [InlineData("GET", "/exec/nosuch/json", 404)]
    [InlineData("GET", "/v9.99/info", 400)]
    [InlineData("GET", "/v1.10/info", 400)]
    [InlineData("GET", "/nosuchpath", 404)]
    [InlineData("POST", "/containers/create?name=bad%20name", 400)]
    [InlineData("POST", "/containers/create?name=..%2Fescape", 400)]
    [InlineData("POST", "/volumes/create", 400)]
    [InlineData("POST", "/networks/create", 400)]
    [InlineData("GET", "/events?since=yesterday", 400)]
    [InlineData("POST", "/build?remote=ftp://nowhere", null)]
    public async Task Path_BadOrUnknown_IsRefused(string method, string path, int? status)
    {
        var before = await StateAsync();
        HttpContent? content = method == "POST" ? new StringContent(path.Contains("create", StringComparison.Ordinal) && path.Contains("name", StringComparison.Ordinal) ? "{\"Image\":\"busybox:latest\"}" : "{\"broken\"", System.Text.Encoding.UTF8, "application/json") : null;
        if (path.EndsWith("nosuch/start", StringComparison.Ordinal) && !path.Contains("exec", StringComparison.Ordinal) || path.EndsWith("/kill", StringComparison.Ordinal) || path.Contains("/tag?", StringComparison.Ordinal))
        {
            content = null;
        }
        else if (path.Contains("/exec/", StringComparison.Ordinal))
        {
            content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        }

        var answer = await engine.Required().Api.SendAsync(new HttpMethod(method), path, content);
        Assert.True(status is null ? answer.Status is >= 400 and < 500 : answer.Status == status, answer.ToString());
        Assert.NotEmpty(answer.Message);
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("name", "{\"Name\":\"x/../y\"}", "/volumes/create")]
    [InlineData("dots", "{\"Name\":\"..\"}", "/volumes/create")]
    [InlineData("driver", "{\"Name\":\"good\",\"Driver\":\"nosuchdriver\"}", "/volumes/create")]
    [InlineData("options", "{\"Name\":\"good\",\"DriverOpts\":{\"nosuch\":\"x\"}}", "/volumes/create")]
    [InlineData("subnet", "{\"Name\":\"n\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.0.0.0/99\"}]}}", "/networks/create")]
    [InlineData("gateway", "{\"Name\":\"n\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.99.0.0/24\",\"Gateway\":\"10.98.0.1\"}]}}", "/networks/create")]
    [InlineData("network driver", "{\"Name\":\"n\",\"Driver\":\"nosuchdriver\"}", "/networks/create")]
    [InlineData("empty name", "{\"Name\":\"\"}", "/networks/create")]
    [InlineData("predefined", "{\"Name\":\"bridge\"}", "/networks/create")]
    public async Task CreateNoun_BadBody_IsRefused(string what, string body, string path)
    {
        var before = await StateAsync();
        var answer = await engine.Required().Api.SendAsync(HttpMethod.Post, path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.True(answer.Status is >= 400 and < 500, $"{what}: {answer}");
        Assert.NotEmpty(answer.Message);
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("GET /_ping HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nZZ\r\n{}\r\n")]
    public async Task Bytes_NotHttp_AreAnsweredWith4xx(string request)
    {
        var answer = await engine.Required().Api.RawAsync(request);
        Assert.Matches(@"^HTTP/1\.1 (301|4\d\d|505) ", answer);
    }

    [Fact]
    public async Task Body_HugeOrDeep_IsRefusedAndTheEngineLives()
    {
        engine.Required();
        var deep = new string('[', 100_000);
        var answer = await engine.Api.SendAsync(HttpMethod.Post, "/containers/create", new StringContent(deep, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(400, answer.Status);
        var header = await engine.Api.RawAsync("GET /_ping HTTP/1.1\r\nHost: x\r\nX-Large: " + new string('a', 1 << 20) + "\r\n\r\n");
        Assert.Matches(@"^HTTP/1\.1 4\d\d ", header.Length == 0 ? "HTTP/1.1 431 " : header);
        Assert.Equal(200, (await engine.Api.GetAsync("/_ping")).Status);
    }

    [Fact]
    public async Task EmptyHost_IsAccepted()
    {
        Assert.StartsWith("HTTP/1.1 200 OK", await engine.Required().Api.RawAsync("GET /_ping HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4294967296")]
    [InlineData("-1")]
    [InlineData("99999999999999999999:0")]
    [InlineData("nosuchuser")]
    [InlineData("0:nosuchgroup")]
    public async Task Run_BadUser_IsRefusedAndDoesNotBecomeRoot(string user)
    {
        await using var scene = new Scene(engine.Required());
        var result = await engine.DockerAsync("run", "--name", scene.Container("user"), "--user", user, Engine.Image, "id", "-u");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("/proc/self/fd/7")]
    [InlineData("/proc/self/fd/8/../../../..")]
    public async Task Run_WorkingDirectoryOfADescriptor_DoesNotReachTheHost(string directory)
    {
        await using var scene = new Scene(engine.Required());
        var marker = $"/naru-e2e-marker-{Guid.NewGuid():n}";
        await File.WriteAllTextAsync(marker, "host");
        try
        {
            var result = await engine.DockerAsync("run", "--name", scene.Container("cwd"), "-w", directory, Engine.Image, "sh", "-c", $"cat ../../../../../..{marker} ../..{marker}");
            Assert.DoesNotContain("host", result.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(marker);
        }
    }

    /// <summary>What a refused request must not have changed.</summary>
    private async Task<string> StateAsync()
    {
        var parts = new List<string>();
        foreach (var path in (string[])["/containers/json?all=1", "/images/json", "/networks", "/volumes"])
        {
            var answer = await engine.Required().Api.GetAsync(path);
            var list = path == "/volumes" ? answer.Json["Volumes"]?.AsArray() ?? [] : answer.Json.AsArray();
            parts.Add($"{path}: {string.Join(' ', list.Select(item => (item!["Id"] ?? item["Name"])!.GetValue<string>()).Order())}");
        }

        return string.Join('\n', parts);
    }
}
