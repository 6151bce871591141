using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Agent.Csi;
using Naru.Agent.Csi.Wire;
using Naru.Agent.Pods;
using Naru.Agent.Tests.Running;
using Naru.Agent.Volumes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Testing;
using Naru.Testing.Objects;

namespace Naru.Agent.Tests.Csi;

/// <summary>The node's half of storage drivers, against a driver that speaks the protocol over sockets.</summary>
public sealed class CsiTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryObjects _objects;

    public CsiTests() => _objects = new MemoryObjects(_time);

    private string Root => Path.Combine(_directory.Path, "agent");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Driver_ComesAndGoes_NodeSaysSo()
    {
        await using var node = await NodeAsync();
        var driver = await TestDriver.StartAsync("disk.example.org", Root, mounts: false);
        await node.Registry.LookAsync(CancellationToken.None);

        var entry = Assert.Single(Get(AgentResources.CsiNodes, "n1").Maps("spec", "drivers"));
        Assert.Equal(("disk.example.org", "node-of-disk.example.org", 7, "example.org/rack"), (entry.Text("name"), entry.Text("nodeID"), entry.Integer("allocatable", "count"), entry.List("topologyKeys")!.Texts().Single()));
        Assert.Equal("r1", Get(AgentResources.Nodes, "n1").Text("metadata", "labels", "example.org/rack"));
        Assert.Equal("{\"disk.example.org\":\"node-of-disk.example.org\"}", Get(AgentResources.Nodes, "n1").Text("metadata", "annotations", "csi.volume.kubernetes.io/nodeid"));
        Assert.Equal((true, ""), (driver.Told!.PluginRegistered, driver.Told.Error));

        await driver.DisposeAsync();
        await node.Registry.LookAsync(CancellationToken.None);

        Assert.Empty(Get(AgentResources.CsiNodes, "n1").Maps("spec", "drivers"));
        Assert.Null(node.Registry.Find("disk.example.org"));
    }

    [Fact]
    public async Task Driver_SpeaksNoVersionThatIsKnown_IsToldAndTriedAgainLater()
    {
        await using var node = await NodeAsync();
        await using var driver = await TestDriver.StartAsync("old.example.org", Root, mounts: false, version: "0.3.0");
        await node.Registry.LookAsync(CancellationToken.None);
        Assert.Equal((false, "none of the supported versions [0.3.0] is 1.x"), (driver.Told!.PluginRegistered, driver.Told.Error));

        driver.Version = "v1.9.0";
        await node.Registry.LookAsync(CancellationToken.None);
        Assert.Null(node.Registry.Find("old.example.org"));
        _time.Advance(TimeSpan.FromSeconds(3));
        await node.Registry.LookAsync(CancellationToken.None);

        Assert.NotNull(node.Registry.Find("old.example.org"));
    }

    [Fact]
    public async Task Volume_TwoPods_IsMadeReadyOnceAndTakenBackWithTheLast()
    {
        await using var node = await NodeAsync();
        await using var driver = await StartAsync(node, """{"attachRequired":false,"podInfoOnMount":true,"tokenRequests":[{"audience":"vault","expirationSeconds":600}]}""");
        await CreateAsync(AgentResources.Secrets, """{"metadata":{"name":"stage","namespace":"store"},"data":{"key":"Z2VoZWlt"}}""");
        var source = Source with { Attributes = new Dictionary<string, string> { ["size"] = "big" }, StageSecret = (MapValue)JsonText.Parse("""{"name":"stage","namespace":"store"}"""u8), MountOptions = ["noatime"] };
        var (first, second) = (Pod("a"), Pod("b"));

        await node.Volumes.PrepareAsync(first, source, Target("a"), VolumeGroup.Of(first), CancellationToken.None);
        await node.Volumes.PrepareAsync(second, source, Target("b"), VolumeGroup.Of(second), CancellationToken.None);
        await node.Volumes.RemoveAsync("a", CancellationToken.None);

        Assert.Equal(["Stage v1", "Publish v1", "Stage v1", "Publish v1", "Unpublish v1"], driver.Calls);
        Assert.Equal(("geheim", "ext4", "noatime"), (driver.Staged!.Secrets["key"], driver.Staged.VolumeCapability.Mount.FsType, driver.Staged.VolumeCapability.Mount.MountFlags.Single()));
        Assert.Equal(VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeWriter, driver.Published!.VolumeCapability.AccessMode.Mode);
        Assert.Equal(("big", "b", "shop", "b", "false"), (driver.Published.VolumeContext["size"], driver.Published.VolumeContext["csi.storage.k8s.io/pod.name"], driver.Published.VolumeContext["csi.storage.k8s.io/pod.namespace"],
            driver.Published.VolumeContext["csi.storage.k8s.io/pod.uid"], driver.Published.VolumeContext["csi.storage.k8s.io/ephemeral"]));
        Assert.Equal("""{"vault":{"token":"token of app for vault","expirationTimestamp":"2026-03-01T12:10:00Z"}}""", driver.Published.VolumeContext["csi.storage.k8s.io/serviceAccount.tokens"]);
        await node.Volumes.RemoveAsync("b", CancellationToken.None);
        Assert.Equal(["Unpublish v1", "Unstage v1"], driver.Calls.TakeLast(2));
        Assert.Empty(node.Records.All());
    }

    [Fact]
    public async Task Volume_NaruWasKilledBetween_NextRunTakesItBack()
    {
        await using var driver = await TestDriver.StartAsync("disk.example.org", Root, mounts: false);
        await DriverObjectAsync("""{"attachRequired":false}""");
        await using (var before = await NodeAsync())
        {
            await before.Registry.LookAsync(CancellationToken.None);
            driver.Refuses = "NodePublishVolume";
            var failure = await Assert.ThrowsAsync<NaruException>(() => before.Volumes.PrepareAsync(Pod("a"), Source, Target("a"), default, CancellationToken.None));
            Assert.Equal("rpc error: code = Internal desc = no luck", failure.Message);
        }

        Directory.CreateDirectory(Target("a"));
        await using var after = await NodeAsync();
        await Assert.ThrowsAsync<NaruException>(() => after.Volumes.RemoveAsync("a", CancellationToken.None));
        await after.Registry.LookAsync(CancellationToken.None);
        await after.Volumes.RemoveAsync("a", CancellationToken.None);

        Assert.Equal(["Stage v1", "Unpublish v1", "Unstage v1"], driver.Calls);
        Assert.Empty(after.Records.All());
    }

    [Fact]
    public async Task Volume_HasToBeAttached_WaitsAndSaysThatItIsUsed()
    {
        await using var node = await NodeAsync();
        await using var driver = await StartAsync(node, """{"attachRequired":true}""");
        var failure = await Assert.ThrowsAsync<NaruException>(() => node.Volumes.PrepareAsync(Pod("a"), Source, Target("a"), default, CancellationToken.None));
        Assert.Contains("is not attached to this node yet", failure.Message, StringComparison.Ordinal);
        Assert.Equal("kubernetes.io/csi/disk.example.org^v1", Get(AgentResources.Nodes, "n1").List("status", "volumesInUse")!.Texts().Single());

        var name = "csi-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("v1disk.example.orgn1"u8));
        await CreateAsync(AgentResources.Attachments, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"n1"},"status":{"attached":true,"attachmentMetadata":{"lun":"3"} } }""");
        await node.Volumes.PrepareAsync(Pod("a"), Source, Target("a"), default, CancellationToken.None);
        Assert.Equal("3", driver.Published!.PublishContext["lun"]);
        await node.Volumes.RemoveAsync("a", CancellationToken.None);

        Assert.Null(Get(AgentResources.Nodes, "n1").List("status", "volumesInUse"));
    }

    [Theory]
    [InlineData("{}", "volume mode \"Ephemeral\" not supported by driver disk.example.org (only supports [\"Persistent\"])")]
    [InlineData("{\"volumeLifecycleModes\":[\"Ephemeral\"]}", "")]
    public async Task InlineVolume_DriverMustAllowIt(string spec, string problem)
    {
        await using var node = await NodeAsync();
        await using var driver = await StartAsync(node, spec);
        var pod = Pod("a", """,{"name":"scratch","csi":{"driver":"disk.example.org","readOnly":true,"volumeAttributes":{"k":"v"}}}""");
        var source = CsiSource.Of(pod, pod.Spec.Maps("volumes").Last());

        var failure = await Record.ExceptionAsync(() => node.Volumes.PrepareAsync(pod, source, Target("a"), default, CancellationToken.None));

        Assert.Equal(problem, failure?.Message ?? "");
        Assert.Equal(problem.Length > 0 ? [] : [$"Publish {source.Handle}"], driver.Calls);
        Assert.Equal(problem.Length == 0, driver.Published is { Readonly: true, StagingTargetPath: "" });
    }

    [Fact]
    public async Task Claim_WaitsForItsNode_FileSystemGrowsAndTheClaimSaysSo()
    {
        await using var node = await NodeAsync();
        await using var driver = await StartAsync(node, """{"attachRequired":false}""");
        await CreateAsync(AgentResources.Volumes, """{"metadata":{"name":"pv"},"spec":{"capacity":{"storage":"2Gi"},"csi":{"driver":"disk.example.org","volumeHandle":"v1"}}}""");
        await CreateAsync(AgentResources.Claims, """
            {"metadata":{"name":"c","namespace":"shop"},"status":{"capacity":{"storage":"1Gi"},"conditions":[{"type":"FileSystemResizePending","status":"True"}],"allocatedResourceStatuses":{"storage":"NodeResizePending"}}}
            """);

        await node.Growth.FollowAsync(Pod("a"), _objects.Get(AgentResources.Claims, "shop", "c")!.Tree, Source with { Capacity = 2L << 30 }, Target("a"), CancellationToken.None);

        Assert.Equal([$"Expand v1 {2L << 30}"], driver.Calls);
        Assert.Equal("""{"capacity":{"storage":"2Gi"}}""", JsonText.ToText(_objects.Get(AgentResources.Claims, "shop", "c")!.Tree.Map("status")!));
    }

    private static CsiSource Source { get; } = new() { Name = "data", Driver = "disk.example.org", Handle = "v1", PersistentVolume = "pv", FileSystem = "ext4", AccessModes = ["ReadWriteOnce"] };

    private static PodView Pod(string uid, string volumes = "") => new((MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(
        $$"""{"metadata":{"name":"{{uid}}","namespace":"shop","uid":"{{uid}}"},"spec":{"serviceAccountName":"app","volumes":[{"name":"data"}{{volumes}}]} }""")));

    private string Target(string uid) => Path.Combine(Root, "pods", uid, "volumes", "data", "mount");

    private MapValue Get(Naru.Objects.Resources.GroupResource resource, string name) => _objects.Get(resource, "", name)!.Tree;

    private Task<StoredObject> CreateAsync(Naru.Objects.Resources.GroupResource resource, string json) => _objects.CreateAsync(resource, TreeJson.Parse(json), new WriteOptions(), CancellationToken.None);

    private Task DriverObjectAsync(string spec) => CreateAsync(AgentResources.CsiDrivers, $$"""{"metadata":{"name":"disk.example.org"},"spec":{{spec}} }""");

    private async Task<TestDriver> StartAsync(CsiNode node, string spec)
    {
        await DriverObjectAsync(spec);
        var driver = await TestDriver.StartAsync("disk.example.org", Root, mounts: false);
        await node.Registry.LookAsync(CancellationToken.None);
        return driver;
    }

    private async Task<CsiNode> NodeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Root, "plugins_registry"));
        if (_objects.Get(AgentResources.Nodes, "", "n1") is null)
        {
            await CreateAsync(AgentResources.Nodes, """{"metadata":{"name":"n1"}}""");
            await CreateAsync(AgentResources.ServiceAccounts, """{"metadata":{"name":"app","namespace":"shop"}}""");
        }

        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IObjects>(_objects);
        services.AddSingleton(new EngineDirectories(_directory.Path, _directory.Path, "12345678"));
        services.AddSingleton(Fake.Of<INodeMounts>(static (_, _) => false));
        services.AddSingleton(Fake.Of<INodeFiles>(static (_, _) => null));
        services.AddSingleton(Fake.Of<ITokenIssuer>((_, args) => new IssuedToken($"token of {((TokenWish)args[0]!).ServiceAccount} for {((TokenWish)args[0]!).Audiences[0]}", _time.GetUtcNow() + ((TokenWish)args[0]!).Lifetime)));
        services.AddNaruAgent(new AgentOptions { NodeName = "n1" });
        services.AddSingleton(Fake.Of<IHost>());
        return new CsiNode(services.BuildServiceProvider());
    }

    private sealed class CsiNode(ServiceProvider services) : IAsyncDisposable
    {
        public CsiRegistry Registry { get; } = services.GetRequiredService<CsiRegistry>();

        public CsiVolumes Volumes { get; } = services.GetRequiredService<CsiVolumes>();

        public CsiRecords Records { get; } = services.GetRequiredService<CsiRecords>();

        public ClaimGrowth Growth { get; } = services.GetRequiredService<ClaimGrowth>();

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
