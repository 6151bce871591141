using System.Text.Json;
using System.Text.Json.Nodes;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Tests.Fakes;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Tests.Containers;

public sealed class CreateMapTests
{
    private static readonly HostDefaults Defaults = new(1, "runc", "json-file", "testhost");

    /// <summary>The body that docker 28's <c>run</c> sends, and what dockerd 20.10 shows of the container that it made.</summary>
    [Fact]
    public async Task Inspect_OfWhatDockerRunAsked_IsWhatDockerdShows()
    {
        await using var server = await DialectServer.StartAsync();
        var (status, _) = await server.SendAsync("POST", "/v1.41/containers/create?name=naru-docker-golden", Golden("run-create.json"));
        Assert.Equal(201, status);
        var shown = JsonNode.Parse((await server.SendAsync("GET", "/v1.41/containers/naru-docker-golden/json")).Body)!;
        var expected = JsonNode.Parse(Golden("run-inspect.json"))!;
        shown["Config"]!["Hostname"] = expected["Config"]!["Hostname"]!.DeepClone();
        shown["HostConfig"]!["Runtime"] = "runc";
        // An engine of today hides two paths more, calls the default network by its name and leaves unset kernel memory out.
        shown["HostConfig"]!["MaskedPaths"] = expected["HostConfig"]!["MaskedPaths"]!.DeepClone();
        expected["HostConfig"]!["NetworkMode"] = "bridge";
        expected["HostConfig"]!.AsObject().Remove("KernelMemory");
        expected["HostConfig"]!.AsObject().Remove("KernelMemoryTCP");
        foreach (var name in new[] { "HostConfig", "Config" })
        {
            foreach (var (field, value) in expected[name]!.AsObject())
            {
                Assert.True(JsonNode.DeepEquals(value, shown[name]![field]), $"{name}.{field}: {value?.ToJsonString()} but shown {shown[name]![field]?.ToJsonString()}");
            }
        }
        foreach (var field in new[] { "Path", "Args", "Name", "RestartCount", "Driver", "Platform", "ExecIDs", "MountLabel" })
        {
            Assert.True(JsonNode.DeepEquals(expected[field], shown[field]), field);
        }
    }

    [Fact]
    public void Map_ThereAndBack_KeepsEveryField()
    {
        var random = new Random(20261123);
        for (var round = 0; round < 300; round++)
        {
            var request = RandomRequests.Make(random);
            var asked = JsonSerializer.SerializeToNode(request.HostConfig!, Options.TypeOf<HostConfig>())!;
            var shown = JsonSerializer.SerializeToNode(HostConfigMap.Show(SpecMap.ToSpec(request, null), Defaults), Options.TypeOf<HostConfig>())!;
            foreach (var (field, value) in asked.AsObject())
            {
                Assert.True(JsonNode.DeepEquals(value, shown[field]), $"round {round} {field}: {value?.ToJsonString()} but shown {shown[field]?.ToJsonString()}");
            }
        }
    }

    [Fact]
    public void Spec_OfShownHostConfig_IsTheSpec()
    {
        var random = new Random(7);
        for (var round = 0; round < 100; round++)
        {
            var request = RandomRequests.Make(random);
            var spec = SpecMap.ToSpec(request, null);
            var again = SpecMap.ToSpec(request with { HostConfig = HostConfigMap.Show(spec, Defaults) }, null);
            Assert.Equal(
                JsonSerializer.Serialize(HostConfigMap.Show(spec, Defaults), Options.TypeOf<HostConfig>()),
                JsonSerializer.Serialize(HostConfigMap.Show(again, Defaults), Options.TypeOf<HostConfig>()));
        }
    }

    [Theory]
    [InlineData("/a:/b", "/a", "/b", "")]
    [InlineData("/a:/b:ro,rshared", "/a", "/b", "ro,rshared")]
    [InlineData("vol:/b:nocopy", "vol", "/b", "nocopy")]
    [InlineData("/b", "", "/b", "")]
    public void Bind_WellFormed_IsReadAndEchoed(string bind, string source, string target, string mode)
    {
        var mount = MountMap.ToCore(new HostConfig { Binds = [bind] })[0];
        Assert.Equal((source, target, mode), (mount.Source, mount.Target, mount.Mode));
        Assert.Equal(bind, MountMap.ShowBind(mount));
    }

    [Theory]
    [InlineData("a:b:c:d")]
    [InlineData("/a:b")]
    [InlineData("/a:/")]
    [InlineData("/a:/../")]
    [InlineData("/a:/b:nosuch")]
    [InlineData("/a:/b:ro,rw")]
    [InlineData("/a:/b:shared,slave")]
    [InlineData("vol:/b:rshared")]
    [InlineData("../vol:/b")]
    [InlineData("v:/b")]
    [InlineData("::")]
    [InlineData("")]
    public void Bind_Malformed_IsRefused(string bind) =>
        Assert.Equal(400, Assert.Throws<DockerException>(() => MountMap.ToCore(new HostConfig { Binds = [bind] })).Status);

    [Fact]
    public void Update_FieldsAtZero_StayAsTheyAre()
    {
        var old = ResourceMap.ToCore(new HostConfig { Memory = 100, CpuShares = 5, PidsLimit = 10 });
        var changed = ResourceMap.ToChange(new ContainerUpdateRequest { CpuShares = 7, PidsLimit = 0 })(old);
        Assert.Equal((100, 7, -1), (changed.Memory.Bytes, changed.CpuShares, changed.PidsLimit!.Value));
    }

    private static JsonSerializerOptions Options => DockerJson.Writing(ApiVersion.Highest);

    private static string Golden(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", name));
}
