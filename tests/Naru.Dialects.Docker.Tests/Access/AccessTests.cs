using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Tests.Fakes;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Tests.Access;

public sealed class AccessTests
{
    private static readonly SocketAccessPolicy Labelled = new() { Labels = ImmutableDictionary<string, string>.Empty.Add("team", "red") };

    [Theory]
    [InlineData("GET", "/containers/json", 200)]
    [InlineData("GET", "/containers/it/json", 200)]
    [InlineData("GET", "/info", 200)]
    [InlineData("GET", "/images/json", 200)]
    [InlineData("HEAD", "/containers/it/archive?path=/there", 403)]
    [InlineData("GET", "/containers/it/archive?path=/there", 403)]
    [InlineData("GET", "/containers/it/export", 403)]
    [InlineData("GET", "/containers/it/attach/ws", 403)]
    [InlineData("GET", "/images/get?names=busybox", 403)]
    [InlineData("POST", "/containers/create", 403)]
    [InlineData("POST", "/containers/it/exec", 403)]
    [InlineData("POST", "/containers/it/attach", 403)]
    [InlineData("POST", "/containers/it/stop", 403)]
    [InlineData("DELETE", "/containers/it", 403)]
    [InlineData("PUT", "/containers/it/archive?path=/", 403)]
    [InlineData("POST", "/build", 403)]
    [InlineData("POST", "/v1.41/images/prune", 403)]
    public async Task ReadOnlySocket_EachRequest_ReadsOrIsForbidden(string method, string path, int status)
    {
        await using var server = await DialectServer.StartAsync(new SocketAccessPolicy { ReadOnly = true });
        await server.RunAsync("it");
        Assert.Equal(status, (await server.SendAsync(method, path)).Status);
    }

    [Fact]
    public async Task ReadOnlySocket_EveryRouteThatWrites_IsForbidden()
    {
        await using var server = await DialectServer.StartAsync(new SocketAccessPolicy { ReadOnly = true });
        foreach (var (method, pattern) in server.Routes.Where(route => route.Method is "POST" or "PUT" or "DELETE" && !route.Pattern.EndsWith("/wait", StringComparison.Ordinal)))
        {
            var path = pattern.Replace("{id}", "x", StringComparison.Ordinal).Replace("{name*}", "x", StringComparison.Ordinal).Replace("{id*}", "x", StringComparison.Ordinal);
            Assert.True((await server.SendAsync(method, path)).Status == 403, $"{method} {pattern}");
        }
    }

    [Theory]
    [InlineData("""{"Privileged":true}""", 403)]
    [InlineData("""{"PidMode":"host"}""", 403)]
    [InlineData("""{"IpcMode":"host"}""", 403)]
    [InlineData("""{"UTSMode":"host"}""", 403)]
    [InlineData("""{"UsernsMode":"host"}""", 403)]
    [InlineData("""{"CgroupnsMode":"host"}""", 403)]
    [InlineData("""{"NetworkMode":"host"}""", 403)]
    [InlineData("""{"CapAdd":["NET_ADMIN"]}""", 403)]
    [InlineData("""{"SecurityOpt":["seccomp=unconfined"]}""", 403)]
    [InlineData("""{"MaskedPaths":[]}""", 403)]
    [InlineData("""{"Devices":[{"PathOnHost":"/dev/sda"}]}""", 403)]
    [InlineData("""{"DeviceCgroupRules":["b *:* rwm"]}""", 403)]
    [InlineData("""{"Binds":["/etc:/x"]}""", 403)]
    [InlineData("""{"Binds":["/srv/../etc:/x"]}""", 403)]
    [InlineData("""{"Binds":["/srvother:/x"]}""", 403)]
    [InlineData("""{"Mounts":[{"Type":"bind","Source":"/","Target":"/x"}]}""", 403)]
    [InlineData("""{"Mounts":[{"Type":"volume","Target":"/x","VolumeOptions":{"DriverConfig":{"Options":{"device":"/","o":"bind","type":"none"}}}}]}""", 403)]
    [InlineData("""{"CgroupParent":"/"}""", 403)]
    [InlineData("""{"Binds":["/srv/a:/x","vol:/y"],"CapDrop":["ALL"],"SecurityOpt":["no-new-privileges"],"Memory":1000000}""", 201)]
    public async Task NoPrivilegedSocket_Create_RefusesPowerOverTheHost(string host, int status)
    {
        await using var server = await DialectServer.StartAsync(new SocketAccessPolicy { NoPrivileged = true, BindRoots = ["/srv"] });
        var (code, answer) = await server.SendAsync("POST", "/containers/create", $$"""{"Image":"busybox","HostConfig":{{host}}}""");
        Assert.True(status == code, answer);
        Assert.Equal(status == 201 ? 1 : 0, server.Containers.List().Length);
    }

    [Fact]
    public async Task NoPrivilegedSocket_Others_RefusePowerToo()
    {
        await using var server = await DialectServer.StartAsync(new SocketAccessPolicy { NoPrivileged = true });
        await server.RunAsync("it");
        Assert.Equal(403, (await server.SendAsync("POST", "/containers/it/exec", """{"Cmd":["ls"],"Privileged":true}""")).Status);
        Assert.Equal(403, (await server.SendAsync("POST", "/volumes/create", """{"Name":"vv","DriverOpts":{"device":"/"}}""")).Status);
        Assert.Equal(403, (await server.SendAsync("POST", "/networks/create", """{"Name":"x","Driver":"macvlan"}""")).Status);
        Assert.Equal(403, (await server.SendAsync("POST", "/networks/host/connect", """{"Container":"it"}""")).Status);
    }

    [Theory]
    [InlineData("POST", "/containers/strong/exec", """{"Cmd":["sh"]}""")]
    [InlineData("POST", "/containers/strong/attach?stream=1&stdin=1", null)]
    [InlineData("GET", "/containers/strong/archive?path=/there", null)]
    [InlineData("PUT", "/containers/strong/archive?path=/", null)]
    [InlineData("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"PidMode":"container:strong"}}""")]
    [InlineData("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"NetworkMode":"container:strong"}}""")]
    [InlineData("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"VolumesFrom":["strong"]}}""")]
    [InlineData("POST", "/build?networkmode=host", null)]
    [InlineData("POST", "/build?securityopt=[\"seccomp=unconfined\"]", null)]
    public async Task NoPrivilegedSocket_WayIntoPower_IsForbidden(string method, string path, string? body)
    {
        await using var server = await DialectServer.StartAsync(new SocketAccessPolicy { NoPrivileged = true });
        var spec = new ContainerSpec { Image = "busybox", Isolation = new IsolationSpec { Privileged = true } };
        await server.Containers.CreateAsync(spec, "strong", CancellationToken.None);
        await server.Containers.StartAsync("strong", CancellationToken.None);
        Assert.Equal(403, (await server.SendAsync(method, path, body)).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/containers/strong/json")).Status);
    }

    [Fact]
    public async Task LabelledSocket_VolumesAndNetworksOfOthers_CannotBeUsed()
    {
        await using var server = await DialectServer.StartAsync(Labelled);
        await server.Volumes.CreateAsync(new VolumeSpec { Name = "theirs" }, CancellationToken.None);
        await server.Networks.CreateAsync(new NetworkSpec { Name = "theirs" }, CancellationToken.None);
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"Binds":["theirs:/x"]}}""")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"NetworkMode":"theirs"}}""")).Status);
        Assert.Equal(403, (await server.SendAsync("GET", "/images/get?names=busybox")).Status);
        Assert.Equal(201, (await server.SendAsync("POST", "/containers/create?name=mine", """{"Image":"busybox","HostConfig":{"Binds":["ours:/x"]}}""")).Status);
        Assert.Equal("red", server.Containers.Get("mine").Spec.Mounts[0].VolumeLabels["team"]);
    }

    [Fact]
    public async Task LabelledSocket_Others_AreNotSeenAndMineGetTheLabel()
    {
        await using var server = await DialectServer.StartAsync(Labelled);
        await server.RunAsync("other");
        Assert.Equal("[]\n", (await server.SendAsync("GET", "/containers/json?all=1")).Body);
        foreach (var (method, path) in new[] { ("GET", "/containers/other/json"), ("POST", "/containers/other/stop"), ("DELETE", "/containers/other?force=1"), ("GET", "/containers/other/logs?stdout=1"), ("POST", "/containers/other/attach") })
        {
            Assert.Equal(404, (await server.SendAsync(method, path)).Status);
        }
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/other/exec", """{"Cmd":["ls"]}""")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"VolumesFrom":["other"]}}""")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", "/containers/create", """{"Image":"busybox","HostConfig":{"PidMode":"container:other"}}""")).Status);
        Assert.Equal(201, (await server.SendAsync("POST", "/containers/create?name=mine", """{"Image":"busybox"}""")).Status);
        Assert.Equal("red", server.Containers.Get("mine").Spec.Labels["team"]);
        Assert.Contains("/mine", (await server.SendAsync("GET", "/containers/json?all=1")).Body, StringComparison.Ordinal);
        await server.SendAsync("POST", "/volumes/create", """{"Name":"vol"}""");
        Assert.Equal("red", server.Volumes.Get("vol").Labels["team"]);
        Assert.Equal(403, (await server.SendAsync("POST", "/build")).Status);
    }

    [Theory]
    [InlineData("/srv/a", "/srv", true)]
    [InlineData("/srv", "/srv/", true)]
    [InlineData("/srvx", "/srv", false)]
    [InlineData("/srv/../etc", "/srv", false)]
    [InlineData("/", "/srv", false)]
    [InlineData("/any", "/", true)]
    public void Path_BelowARoot_IsFoundBySpelling(string path, string root, bool below) => Assert.Equal(below, ContainerAccess.LiesBelow(path, root));
}
