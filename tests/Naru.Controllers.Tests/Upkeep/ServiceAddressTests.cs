using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Naru.Controllers.Services;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class ServiceAddressTests
{
    private int _identities;

    [Fact]
    public async Task Service_New_GetsAnAddressAndItsObject()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var service = await AdmitAsync(harness, "s", """{"type":"ClusterIP","ports":[{"port":80}]}""");

        var address = service.Text("spec", "clusterIP")!;
        Assert.True(IPNetwork.Parse("10.96.0.0/12").Contains(IPAddress.Parse(address)));
        Assert.Equal([address], service.List("spec", "clusterIPs")!.Texts());
        Assert.Equal(["IPv4"], service.List("spec", "ipFamilies")!.Texts());
        Assert.Equal("SingleStack", service.Text("spec", "ipFamilyPolicy"));
        Assert.Equal("s", harness.Objects.Get(UpkeepResources.IPAddresses, "", address)!.Tree.Text("spec", "parentRef", "name"));
    }

    [Fact]
    public async Task Address_OfAnother_IsRefused()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await WriteAsync(harness, "s", """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}""");

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "t", """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}"""));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.EndsWith("failed to allocate IP 10.96.0.10: provided IP is already allocated", failure.Message);
    }

    [Fact]
    public async Task Address_OfNoRange_IsRefused()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "t", """{"type":"ClusterIP","clusterIP":"1.2.3.4","ports":[{"port":80}]}"""));

        Assert.Contains("the provided IP (1.2.3.4) is not in the valid range", failure.Message);
    }

    [Fact]
    public async Task Address_OfAnAddedRange_IsGiven()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.CreateAsync(UpkeepResources.ServiceCidrs, """{"metadata":{"name":"more"},"spec":{"cidrs":["192.168.5.0/24"]}}""");

        var service = await AdmitAsync(harness, "t", """{"type":"ClusterIP","clusterIP":"192.168.5.9","ports":[{"port":80}]}""");

        Assert.Equal("192.168.5.9", service.Text("spec", "clusterIP"));
    }

    [Fact]
    public async Task NodePort_OfAnother_IsRefusedAndFreeAgainWhenThatGoes()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var first = await WriteAsync(harness, "s", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""");

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "t", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}"""));
        Assert.Equal("Service \"t\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated", failure.Message);

        await harness.DeleteAsync(first);
        await AdmitAsync(harness, "t", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""");
    }

    [Fact]
    public async Task NodePort_OutsideTheRange_IsRefused()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "t", """{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}"""));

        Assert.EndsWith("provided port is not in the valid range. The range of valid ports is 30000-32767", failure.Message);
    }

    [Fact]
    public async Task NodePorts_SamePortOfTwoProtocols_ShareANumber()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var service = await AdmitAsync(harness, "s", """{"type":"NodePort","ports":[{"name":"a","port":53,"protocol":"TCP"},{"name":"b","port":53,"protocol":"UDP"},{"name":"c","port":80,"protocol":"TCP"}]}""");

        var ports = service.Maps("spec", "ports").Select(static one => one.Integer("nodePort")!.Value).ToList();
        Assert.Equal(ports[0], ports[1]);
        Assert.NotEqual(ports[0], ports[2]);
    }

    [Fact]
    public async Task LoadBalancer_LocalTraffic_HasAPortForHealthChecks()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var service = await AdmitAsync(harness, "s", """{"type":"LoadBalancer","externalTrafficPolicy":"Local","allocateLoadBalancerNodePorts":false,"ports":[{"port":80}]}""");

        Assert.InRange(service.Integer("spec", "healthCheckNodePort") ?? 0, 30000, 32767);
        Assert.Null(service.Maps("spec", "ports").Single().Integer("nodePort"));
    }

    [Fact]
    public async Task Undo_GivesEverythingBack()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var request = Request(harness, "s", """{"type":"NodePort","clusterIP":"10.96.0.10","ports":[{"port":80,"nodePort":30080}]}""", dryRun: true);
        await harness.Rule.ValidateAsync(request, CancellationToken.None);
        await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "t", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}"""));

        harness.Rule.Undo(request);

        await AdmitAsync(harness, "t", """{"type":"NodePort","clusterIP":"10.96.0.10","ports":[{"port":80,"nodePort":30080}]}""");
    }

    [Fact]
    public async Task Refusal_GivesBackWhatWasTakenBefore()
    {
        await using var harness = await UpkeepHarness.StartAsync();

        await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "s", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080},{"port":81,"nodePort":1}]}"""));

        await AdmitAsync(harness, "t", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""");
    }

    [Fact]
    public async Task Range_Full_IsToldAsSuch()
    {
        await using var harness = await UpkeepHarness.StartAsync(new ControllersOptions { ServiceRanges = ["10.0.0.0/30"] });
        await AdmitAsync(harness, "s", """{"type":"ClusterIP","ports":[{"port":80}]}""");
        await AdmitAsync(harness, "t", """{"type":"ClusterIP","ports":[{"port":80}]}""");

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "u", """{"type":"ClusterIP","ports":[{"port":80}]}"""));

        Assert.Equal("Internal error occurred: failed to allocate a serviceIP: range is full", failure.Message);
    }

    [Theory]
    [InlineData("""{"ipFamilyPolicy":"PreferDualStack"}""", "IPv4,IPv6")]
    [InlineData("""{"ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv6"]}""", "IPv6,IPv4")]
    [InlineData("""{"ipFamilies":["IPv6"]}""", "IPv6")]
    [InlineData("{}", "IPv4")]
    [InlineData("""{"clusterIP":"fd00::10"}""", "IPv6")]
    public async Task DualStack_Families_AreThoseAskedFor(string spec, string families)
    {
        await using var harness = await UpkeepHarness.StartAsync(new ControllersOptions { ServiceRanges = ["10.96.0.0/16", "fd00::/112"] });

        var service = await AdmitAsync(harness, "s", spec);

        Assert.Equal(families, string.Join(',', service.List("spec", "ipFamilies")!.Texts()));
        Assert.Equal(families, string.Join(',', service.List("spec", "clusterIPs")!.Texts().Select(static one => AddressRange.FamilyOf(IPAddress.Parse(one)))));
    }

    [Theory]
    [InlineData("""{"ipFamilyPolicy":"RequireDualStack"}""", "this cluster is not configured for dual-stack services")]
    [InlineData("""{"ipFamilies":["IPv6"]}""", "not configured on this cluster")]
    [InlineData("""{"ipFamilies":["IPv4","IPv6"]}""", "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified")]
    public async Task SingleStack_OtherFamilies_AreRefused(string spec, string words)
    {
        await using var harness = await UpkeepHarness.StartAsync();

        var failure = await Assert.ThrowsAsync<NaruException>(() => AdmitAsync(harness, "s", spec));

        Assert.Contains(words, failure.Message);
    }

    [Fact]
    public async Task AddressObject_ServiceGone_IsDeletedAndMadeForThoseThatLackOne()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var service = await WriteAsync(harness, "s", """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}""");
        var address = harness.Objects.Get(UpkeepResources.IPAddresses, "", "10.96.0.10")!;

        await harness.DeleteAsync(address);
        await harness.BecomesAsync(() => harness.Objects.Get(UpkeepResources.IPAddresses, "", "10.96.0.10") is not null, "it is made anew");
        await harness.DeleteAsync(service);
        await harness.BecomesAsync(() => harness.Objects.Get(UpkeepResources.IPAddresses, "", "10.96.0.10") is null, "it is deleted");
    }

    [Fact]
    public async Task AddressObject_OfAServiceThatNeverCame_GoesAfterAWhile()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var request = Request(harness, "s", """{"type":"ClusterIP","clusterIP":"10.96.0.10"}""", dryRun: false);
        await harness.Rule.ValidateAsync(request, CancellationToken.None);
        harness.Rule.Undo(request);
        await harness.SettleAsync();
        Assert.NotNull(harness.Objects.Get(UpkeepResources.IPAddresses, "", "10.96.0.10"));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        await harness.BecomesAsync(() => harness.Objects.Get(UpkeepResources.IPAddresses, "", "10.96.0.10") is null, "it is deleted");
    }

    [Fact]
    public async Task DefaultRange_IsMadeAndReady()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "default");

        await harness.BecomesAsync(() => harness.Objects.Get(UpkeepResources.ServiceCidrs, "", "kubernetes")?.Tree.Maps("status", "conditions").Any() == true, "it is there");

        var range = harness.Objects.Get(UpkeepResources.ServiceCidrs, "", "kubernetes")!.Tree;
        Assert.Equal(["10.96.0.0/12"], range.List("spec", "cidrs")!.Texts());
        Assert.Equal("Ready True", range.Maps("status", "conditions").Select(static one => $"{one.Text("type")} {one.Text("status")}").Single());
    }

    [Fact]
    public async Task DefaultRange_OfOneFamily_GetsTheOtherOfTheOptions()
    {
        await using var harness = await UpkeepHarness.StartAsync(new ControllersOptions { ServiceRanges = ["10.96.0.0/16", "fd00::/112"] });
        await harness.CreateAsync(UpkeepResources.ServiceCidrs, """{"metadata":{"name":"kubernetes"},"spec":{"cidrs":["10.96.0.0/16"]}}""");

        await harness.BecomesAsync(() => harness.Objects.Get(UpkeepResources.ServiceCidrs, "", "kubernetes")!.Tree.List("spec", "cidrs")!.Texts().SequenceEqual(["10.96.0.0/16", "fd00::/112"]), "both families");
    }

    [Fact]
    public void Candidates_OfAnyRange_AreEveryAddressOnceTheLowerBandLast()
    {
        Prop.ForAll(Gen.Choose(20, 32).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (length, seed) =>
        {
            Assert.True(AddressRange.TryParse($"10.16.0.0/{length}", out var range));
            var all = range!.Candidates(new Random(seed)).ToList();
            var expected = length >= 31 ? 1 : (1 << (32 - length)) - 2;
            Assert.Equal(expected, all.Distinct().Count());
            Assert.Equal(expected, all.Count);
            Assert.All(all, one => Assert.True(range.Contains(one)));
            Assert.True(expected < 32 || all.IndexOf(range.First) >= expected - Math.Clamp(expected / 16, 16, 256));
        }).QuickCheckThrowOnFailure();
    }

    private async Task<MapValue> AdmitAsync(UpkeepHarness harness, string name, string spec)
    {
        var request = Request(harness, name, spec, dryRun: false);
        await harness.Rule.ValidateAsync(request, CancellationToken.None);
        return request.Object!;
    }

    private async Task<StoredObject> WriteAsync(UpkeepHarness harness, string name, string spec)
    {
        var request = Request(harness, name, spec, dryRun: false);
        await harness.Rule.ValidateAsync(request, CancellationToken.None);
        var stored = await harness.Objects.CreateAsync(UpkeepResources.Services, request.Object!, UpkeepHarness.Write, CancellationToken.None);
        await harness.SettleAsync();
        await harness.BecomesAsync(() => harness.HasFollowed(stored), "what the service holds is known");
        // Objects in memory choose identities of their own: what stands is not what was taken.
        harness.Rule.Undo(request);
        return stored;
    }

    private AdmissionRequest Request(UpkeepHarness harness, string name, string spec, bool dryRun) => new()
    {
        Operation = AdmissionOperation.Create,
        Resource = harness.Catalogue.Find(UpkeepResources.Services)!,
        Namespace = "a",
        Name = name,
        Object = TreeJson.Parse($$$"""{"metadata":{"name":"{{{name}}}","namespace":"a","uid":"u{{{++_identities}}}"},"spec":{{{spec}}}}"""),
        User = UserInfo.System,
        DryRun = dryRun,
        Warnings = new WarningList(),
        AuditAnnotations = [],
    };
}
