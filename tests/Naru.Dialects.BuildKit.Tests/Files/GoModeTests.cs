using Naru.Dialects.BuildKit.Files;

namespace Naru.Dialects.BuildKit.Tests.Files;

public sealed class GoModeTests
{
    [Theory]
    [InlineData(0x81A4u, 0x1A4u)]
    [InlineData(0x41EDu, 0x800001EDu)]
    [InlineData(0xA1FFu, 0x080001FFu)]
    [InlineData(0x89EDu, 0x008001EDu)]
    [InlineData(0x43FFu, 0x801001FFu)]
    [InlineData(0x2190u, 0x04200190u)]
    [InlineData(0x61B0u, 0x040001B0u)]
    [InlineData(0x1180u, 0x02000180u)]
    public void Mode_BothWays_IsGos(uint linux, uint go)
    {
        Assert.Equal(go, GoMode.FromLinux(linux));
        Assert.Equal(linux, GoMode.ToLinux(go));
    }
}
