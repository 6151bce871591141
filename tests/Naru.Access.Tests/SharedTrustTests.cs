using Naru.Access.Certificates;
using Naru.Access.Tokens;
using Naru.Objects.Access;
using Naru.Objects.Values;
using Naru.Testing.Running;
using Naru.Testing.Stores;

namespace Naru.Access.Tests;

/// <summary>Several servers on one store.</summary>
public sealed class SharedTrustTests
{
    private static readonly AccessOptions Shared = new() { SharesStore = true };

    [Fact]
    public async Task Servers_OnOneStore_HaveTheSameAuthoritiesAndKeys()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        using var first = new AccessFixture(Shared, store);
        using var second = new AccessFixture(Shared, store);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());

        var (one, two) = (first.Get<IClusterCertificates>(), second.Get<IClusterCertificates>());
        Assert.Equal((one.ServerAuthority, one.ClientAuthority, one.FrontProxyAuthority), (two.ServerAuthority, two.ClientAuthority, two.FrontProxyAuthority));
        Assert.Equal(first.Get<SigningKeys>().KeySet, second.Get<SigningKeys>().KeySet);
        Assert.NotEqual(one.Server.Thumbprint, two.Server.Thumbprint);
        Assert.True(second.Get<SigningKeys>().Verifies(JsonWebToken.Parse(first.Get<SigningKeys>().Sign(new MapValue { ["sub"] = "x" }))!));
        await first.StopAsync();
        await second.StopAsync();
    }

    [Fact]
    public async Task Key_ThatOneServerTurnsOver_SignsAtAll()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        using var first = new AccessFixture(Shared, store);
        using var second = new AccessFixture(Shared, store);
        await first.StartAsync();
        await second.StartAsync();
        var before = first.Get<SigningKeys>().KeySet;
        first.Time.Advance(TimeSpan.FromDays(366));
        second.Time.Advance(TimeSpan.FromDays(366));

        await Task.WhenAll(first.Get<SharedTrust>().RotateAsync(TestContext.Current.CancellationToken), second.Get<SharedTrust>().RotateAsync(TestContext.Current.CancellationToken));

        await Eventually.BecomesAsync(() => first.Get<SigningKeys>().KeySet == second.Get<SigningKeys>().KeySet && first.Get<SigningKeys>().KeySet != before, "both know the new key");
        Assert.Equal(2, first.Get<SigningKeys>().Files().Count);
        foreach (var (signer, reader) in new[] { (first, second), (second, first) })
        {
            Assert.True(reader.Get<SigningKeys>().Verifies(JsonWebToken.Parse(signer.Get<SigningKeys>().Sign(new MapValue { ["sub"] = "x" }))!));
        }

        await first.StopAsync();
        await second.StopAsync();
    }

    [Fact]
    public async Task Key_ThatAnotherServerJustMade_IsNotMadeAgain()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        using var first = new AccessFixture(Shared, store);
        using var second = new AccessFixture(Shared, store);
        await first.StartAsync();
        await second.StartAsync();
        await second.StopAsync(); // it hears of nothing any more
        first.Time.Advance(TimeSpan.FromDays(366));
        second.Time.Advance(TimeSpan.FromDays(366));

        await first.Get<SharedTrust>().RotateAsync(TestContext.Current.CancellationToken);
        await second.Get<SharedTrust>().RotateAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, second.Get<SigningKeys>().Files().Count);
        Assert.True(first.Get<SigningKeys>().Verifies(JsonWebToken.Parse(second.Get<SigningKeys>().Sign(new MapValue { ["sub"] = "x" }))!));
        await first.StopAsync();
    }

    [Fact]
    public async Task Authority_OfAnotherCluster_MakesRoomAndIsKept()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        using var first = new AccessFixture(Shared, store);
        using var second = new AccessFixture(Shared, store);
        await first.StartAsync();
        var path = Path.Combine(second.Data, "pki", "ca.pem");
        CertificateAuthority.LoadOrMake(path, "kubernetes", second.Time).Dispose();
        var own = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        await second.StartAsync();

        Assert.Equal(own, await File.ReadAllTextAsync(path + ".before", TestContext.Current.CancellationToken));
        Assert.Equal(first.Get<IClusterCertificates>().ServerAuthority, second.Get<IClusterCertificates>().ServerAuthority);
        await first.StopAsync();
        await second.StopAsync();
    }
}
