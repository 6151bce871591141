using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Images.Tests.Catalogue;
using Naru.Images.Tests.Support;

namespace Naru.Images.Tests.Collection;

public sealed class ImageReclaimerTests
{
    [Fact]
    public async Task Reclaim_DanglingThenUnused_StopsWhenEnoughIsFree()
    {
        await using var engine = await Engine.StartAsync();
        var user = new FakeUser();
        engine.Images.AddUser(user);
        await ImageStoreTests.ImportAsync(engine, null, content: new string('d', 1000));
        var used = await ImageStoreTests.ImportAsync(engine, "used", content: new string('u', 1000));
        await ImageStoreTests.ImportAsync(engine, "old", content: new string('o', 1000));
        await ImageStoreTests.ImportAsync(engine, "new", content: new string('n', 1000));
        user.Containers.Add((used.Id, "c", true));
        var (dangling, unused) = (Reclaimer(engine, 300), Reclaimer(engine, 400));

        Assert.Equal(ByteSize.Zero, await unused.ReclaimAsync(new(1), TimeSpan.FromHours(1), default));
        Assert.Equal(new ByteSize(1000), await dangling.ReclaimAsync(new(5000), TimeSpan.Zero, default));
        Assert.Equal(new ByteSize(1000), await unused.ReclaimAsync(new(500), TimeSpan.Zero, default));

        Assert.Null(engine.Images.Find("old"));
        Assert.NotNull(engine.Images.Find("new"));
        Assert.Equal(new ByteSize(1000), await unused.ReclaimAsync(new(5000), TimeSpan.Zero, default));
        Assert.Equal([used.Id], engine.Images.List().Select(image => image.Id));
    }

    private static IReclaimer Reclaimer(Engine engine, int order) => engine.Get<IEnumerable<IReclaimer>>().Single(reclaimer => reclaimer.Order == order);
}
