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

    private static StoredObject? Lease(UpkeepHarness harness) =>
        harness.Objects.List(Leases, "kube-system").SingleOrDefault(static one => one.Name.StartsWith("apiserver-", StringComparison.Ordinal));
}
