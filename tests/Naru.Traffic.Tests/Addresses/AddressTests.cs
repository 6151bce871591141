using System.Net;
using Naru.Core.Errors;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Tests.Addresses;

public sealed class AddressTests
{
    [Theory]
    [InlineData("10.1.2.3/24", "10.1.2.0/24")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.0.0.7/32", "10.0.0.7/32")]
    [InlineData("fd00:1:2:3::9/64", "fd00:1:2:3::/64")]
    [InlineData("::1/128", "::1/128")]
    public void Subnet_Parse_DropsHostBits(string text, string expected)
    {
        Assert.True(Subnet.TryParse(text, out var subnet));
        Assert.Equal(expected, subnet.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0/16")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[::1]/64")]
    [InlineData("::/129")]
    [InlineData("a/b/c")]
    public void Subnet_Nonsense_IsRefused(string text) => Assert.False(Subnet.TryParse(text, out _));

    [Fact]
    public void Subnet_OverlapAndContains_AgreeWithTheAddresses()
    {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            var (one, two) = (Random(random), Random(random));
            var overlaps = one.First <= two.Last && two.First <= one.Last;
            Assert.Equal(overlaps, one.Overlaps(two));
            Assert.Equal(overlaps, two.Overlaps(one));
            Assert.Equal(one.Contains(two), one.Contains(two.Base) && one.PrefixLength <= two.PrefixLength);
        }

        static Subnet Random(Random random) => Subnet.Of(new IPAddress([10, (byte)random.Next(4), (byte)random.Next(4), (byte)random.Next(256)]), random.Next(8, 33));
    }

    [Fact]
    public void Pool_TakeAll_GivesEachOnceAndNeverTheReserved()
    {
        Assert.True(Subnet.TryParse("10.0.0.0/28", out var subnet));
        var pool = new AddressPool(subnet, null, IPAddress.Parse("10.0.0.1"), [IPAddress.Parse("10.0.0.5")]);
        var taken = Enumerable.Range(0, 12).Select(_ => pool.Take().ToString()).ToList();
        Assert.Equal(12, taken.Distinct().Count());
        Assert.DoesNotContain(taken, address => address is "10.0.0.0" or "10.0.0.1" or "10.0.0.5" or "10.0.0.15");
        Assert.Equal(ErrorKind.ResourceExhausted, Assert.Throws<NaruException>(() => pool.Take()).Kind);
        pool.Release(IPAddress.Parse("10.0.0.7"));
        pool.Release(IPAddress.Parse("10.0.0.3"));
        Assert.Equal("10.0.0.3", pool.Take().ToString());
        Assert.Equal("10.0.0.7", pool.Take().ToString());
    }

    [Fact]
    public void Pool_Range_LimitsTheChosenButNotTheNamed()
    {
        Subnet.TryParse("10.0.0.0/24", out var subnet);
        Subnet.TryParse("10.0.0.128/31", out var range);
        var pool = new AddressPool(subnet, range, IPAddress.Parse("10.0.0.1"), []);
        pool.Take(IPAddress.Parse("10.0.0.9"));
        Assert.Equal("Address already in use", Assert.Throws<NaruException>(() => pool.Take(IPAddress.Parse("10.0.0.9"))).Message);
        Assert.Equal("10.0.0.128", pool.Take().ToString());
        Assert.Equal("10.0.0.129", pool.Take().ToString());
        Assert.Throws<NaruException>(() => pool.Take());
    }

    [Fact]
    public void Pool_TinySubnets_UseAllTheirAddresses()
    {
        Subnet.TryParse("10.0.0.0/31", out var subnet);
        var pool = new AddressPool(subnet, null, IPAddress.Parse("10.0.0.0"), []);
        Assert.Equal("10.0.0.1", pool.Take().ToString());
    }

    [Fact]
    public void Chooser_UsedSubnets_AreSkipped()
    {
        var chooser = new PoolChooser(AddressPoolOption.Defaults, "0a1b2c3d");
        Assert.Equal("172.17.0.0/16", chooser.Choose(isV6: false, []).ToString());
        Assert.Equal("172.19.0.0/16", chooser.Choose(isV6: false, Parse("172.17.0.0/16", "172.18.4.0/24")).ToString());
        Assert.Equal("192.168.0.0/20", chooser.Choose(isV6: false, Parse("172.16.0.0/12")).ToString());
        Assert.Equal(ErrorKind.ResourceExhausted, Assert.Throws<NaruException>(() => chooser.Choose(isV6: false, Parse("0.0.0.0/0"))).Kind);
        var first = chooser.Choose(isV6: true, []);
        Assert.StartsWith("fd", first.ToString(), StringComparison.Ordinal);
        Assert.False(first.Overlaps(chooser.Choose(isV6: true, [first])));
        Assert.NotEqual(first, new PoolChooser(AddressPoolOption.Defaults, "ffffffff").Choose(isV6: true, []));
    }

    private static Subnet[] Parse(params string[] texts) => [.. texts.Select(text => Subnet.TryParse(text, out var subnet) ? subnet : throw new FormatException(text))];
}
