using Naru.Core.Containers;

namespace Naru.Core.Tests.Containers;

public sealed class UserMappingTests
{
    private static readonly UserMapping Users = new(1_000_000, 65536);

    [Theory]
    [InlineData(0, 1_000_000)]
    [InlineData(65535, 1_065_535)]
    [InlineData(65536, 65536)]
    public void Outside_IdInside_IsTheHostsId(uint inside, uint outside)
    {
        Assert.Equal(outside, Users.Outside(inside));
        Assert.Equal(inside, Users.Inside(outside));
    }

    [Theory]
    [InlineData(1_065_536, false)]
    [InlineData(1_065_535, true)]
    [InlineData(934_464, false)]
    [InlineData(934_465, true)]
    [InlineData(4_294_901_760, false)]
    public void Overlaps_AnotherMapping_TellsWhetherTheyShareAnId(uint first, bool shared)
    {
        Assert.Equal(shared, Users.Overlaps(new(first, 65536)));
        Assert.Equal(shared, new UserMapping(first, 65536).Overlaps(Users));
    }
}
