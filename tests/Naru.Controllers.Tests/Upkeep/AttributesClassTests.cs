using Naru.Objects.Resources;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class AttributesClassTests
{
    private static readonly GroupResource Classes = new("storage.k8s.io", "volumeattributesclasses");
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");

    [Fact]
    public async Task Class_DeletedWhileAClaimNamesIt_GoesWithTheClaim()
    {
        await using var harness = await UpkeepHarness.StartAsync(null, "a");
        var used = await harness.CreateAsync(Classes, """{"metadata":{"name":"used","finalizers":["kubernetes.io/vac-protection"]},"driverName":"d"}""");
        var free = await harness.CreateAsync(Classes, """{"metadata":{"name":"free","finalizers":["kubernetes.io/vac-protection"]},"driverName":"d"}""");
        var claim = await harness.CreateAsync(Claims, """{"metadata":{"name":"c","namespace":"a"},"spec":{"volumeAttributesClassName":"used"}}""");
        await harness.SettleAsync();

        await harness.DeleteAsync(used);
        await harness.DeleteAsync(free);
        await harness.BecomesAsync(() => !harness.Exists(free), "the free class is gone");
        await harness.SettleAsync();
        Assert.True(harness.Exists(used));

        await harness.DeleteAsync(claim);
        await harness.BecomesAsync(() => !harness.Exists(used), "the used class is gone");
    }
}
