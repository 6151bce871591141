using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Objects.Api;
using Naru.Testing.Objects;
using Naru.Testing.Stores;

namespace Naru.Controllers.Tests.Upkeep;

/// <summary>Node ports where two servers give them out.</summary>
public sealed class PortClaimsTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly MemoryObjects _objects = new(TimeProvider.System);

    [Fact]
    public async Task Port_OfAnotherServersService_IsLost_UntilItsServiceHasBeenSeen()
    {
        var (one, _) = Server("one");
        var (two, allocations) = Server("two");

        Assert.Null(await one.FirstLostAsync(["port 30001", "port 30002"], new Holder("a", "s", "u1"), default));
        Assert.Equal("port 30002", await two.FirstLostAsync(["port 30003", "port 30002"], new Holder("a", "t", "u2"), default));

        var service = await _objects.CreateAsync(UpkeepResources.Services, TreeJson.Parse("""{"metadata":{"namespace":"a","name":"s"},"spec":{"ports":[{"nodePort":30002}]}}"""), new WriteOptions(), default);
        allocations.Follow(null, service);
        Assert.Equal("port 30002", await two.FirstLostAsync(["port 30002"], new Holder("a", "t", "u2"), default));
        Assert.Null(await one.FirstLostAsync(["port 30002"], new Holder("a", "s", service.Uid), default));
        Assert.Equal("port 30002", await two.FirstLostAsync(["port 30002"], new Holder("a", "t", "u2"), default));

        await _objects.DeleteAsync(UpkeepResources.Services, "a", "s", new DeleteOptions(), default);
        allocations.Follow(service, null);
        Assert.Null(await two.FirstLostAsync(["port 30002"], new Holder("a", "t", "u2"), default));
    }

    [Fact]
    public async Task Port_OfTheSameServer_IsNotLost()
    {
        var (one, _) = Server("one");

        Assert.Null(await one.FirstLostAsync(["port 30001"], new Holder("a", "s", "u1"), default));
        Assert.Null(await one.FirstLostAsync(["port 30001"], new Holder("a", "t", "u2"), default));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private (PortClaims Claims, ServiceAllocations Allocations) Server(string name)
    {
        var allocations = new ServiceAllocations(new Lazy<IObjects>(_objects));
        return (new PortClaims(_store, new ControllerRuntimeOptions { Identity = name }, allocations), allocations);
    }
}
