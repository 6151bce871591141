using System.Globalization;
using System.Net;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class ServerLeaseTests
{
    private static readonly GroupResource Leases = new("coordination.k8s.io", "leases");

    [Fact]
    public async Task Server_ThatLives_RenewsItsLease()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.BecomesAsync(() => Lease(harness) is not null, "the lease is there");
        var before = Lease(harness)!.Tree.Text("spec", "renewTime");

        await harness.BecomesAsync(
            () =>
            {
                harness.Time.Advance(TimeSpan.FromMinutes(1));
                return Lease(harness)!.Tree.Text("spec", "renewTime") != before;
            },
            "the lease is renewed");

        Assert.Equal("kube-apiserver", Lease(harness)!.Tree.Text("metadata", "labels", "apiserver.kubernetes.io/identity"));
    }

    [Fact]
    public async Task Service_OfSeveralServers_LeadsToThoseThatSpeakUp()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, new ControllerRuntimeOptions { SoleServer = false, Identity = "one", ServerName = "one" }, static () => IPEndPoint.Parse("10.0.0.1:6443"), "default", "kube-system");
        var other = await harness.CreateAsync(Leases, """{"metadata":{"namespace":"kube-system","name":"apiserver-other","annotations":{"naru.dev/address":"10.0.0.2:6443"}},"spec":{"renewTime":"1"}}""");
        await harness.BecomesAsync(() => Servers(harness) == "10.0.0.1 10.0.0.2", "both servers are there");

        for (var turn = 2; turn < 12; turn++)
        {
            await harness.ChangeAsync(other, lease => lease.MakeMap("spec")["renewTime"] = turn.ToString(CultureInfo.InvariantCulture));
            await harness.AdvanceAsync(TimeSpan.FromSeconds(3));
        }

        Assert.Equal("10.0.0.1 10.0.0.2", Servers(harness));
        await harness.BecomesAsync(
            () =>
            {
                harness.Time.Advance(TimeSpan.FromSeconds(2));
                return Servers(harness) == "10.0.0.1";
            },
            "the silent one is left out");
    }

    private static string Servers(UpkeepHarness harness) => string.Join(' ', (harness.Objects.Get(new GroupResource("", "endpoints"), "default", "kubernetes")?.Tree.Maps("subsets") ?? [])
        .SelectMany(static subset => subset.Maps("addresses")).Select(static address => address.Text("ip")));

    private static StoredObject? Lease(UpkeepHarness harness) =>
        harness.Objects.List(Leases, "kube-system").SingleOrDefault(static one => one.Name.StartsWith("apiserver-", StringComparison.Ordinal));
}
