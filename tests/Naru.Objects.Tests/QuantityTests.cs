using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Objects.Quantities;

namespace Naru.Objects.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0", 0, 0)]
    [InlineData("100m", "100m", 1, 100)]
    [InlineData("0.1", "100m", 1, 100)]
    [InlineData("1.5", "1500m", 2, 1500)]
    [InlineData("1000", "1k", 1000, 1_000_000)]
    [InlineData("1024Mi", "1Gi", 1L << 30, (1L << 30) * 1000)]
    [InlineData("1.5Gi", "1536Mi", 1536L << 20, (1536L << 20) * 1000)]
    [InlineData("1000Ki", "1000Ki", 1024000, 1024000000)]
    [InlineData("0.5Ki", "512", 512, 512000)]
    [InlineData("1e3", "1e3", 1000, 1000000)]
    [InlineData("12E6", "12e6", 12000000, 12000000000)]
    [InlineData("1E", "1E", 1_000_000_000_000_000_000, long.MaxValue)]
    [InlineData("-1.5", "-1500m", -2, -1500)]
    [InlineData("1n", "1n", 1, 1)]
    [InlineData("0.1n", "1n", 1, 1)]
    [InlineData("1.0000000001", "1000000001n", 2, 1001)]
    [InlineData("500u", "500u", 1, 1)]
    [InlineData("+3", "3", 3, 3000)]
    [InlineData(".5", "500m", 1, 500)]
    [InlineData("5.", "5", 5, 5000)]
    [InlineData("0.000000001Ki", "1024n", 1, 1)]
    [InlineData("100Ei", "9223372036854775807", long.MaxValue, long.MaxValue)]
    [InlineData("100E", "100E", long.MaxValue, long.MaxValue)]
    [InlineData("1e-9", "1e-9", 1, 1)]
    public void Quantity_Text_IsReadAndMadeCanonical(string text, string canonical, long value, long milli)
    {
        var quantity = Quantity.Parse(text);
        Assert.Equal(canonical, quantity.ToString());
        Assert.Equal(value, quantity.Value);
        Assert.Equal(milli, quantity.MilliValue);
        Assert.Equal(canonical, Quantity.Canonical(canonical));
    }

    [Theory]
    [InlineData("", "quantities must match")]
    [InlineData("x", "quantities must match")]
    [InlineData("1 Gi", "quantities must match")]
    [InlineData("1gi", "quantities must match")]
    [InlineData("1Gib", "quantities must match")]
    [InlineData("1KK", "unable to parse quantity's suffix")]
    [InlineData("1e", "unable to parse quantity's suffix")]
    [InlineData(".", "unable to parse numeric part of quantity")]
    [InlineData("1e99999999", "unable to parse quantity's suffix")]
    public void Quantity_BadText_IsRefusedInKubernetesWords(string text, string start)
    {
        Assert.False(Quantity.TryParse(text, out _));
        var failure = Assert.Throws<NaruException>(() => Quantity.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith(start, failure.Message);
    }

    [Fact]
    public void Quantity_Arithmetic_KeepsTheLeftForm()
    {
        Assert.Equal("1536Mi", (Quantity.Parse("1Gi") + Quantity.Parse("512Mi")).ToString());
        Assert.Equal("512Mi", (Quantity.Zero + Quantity.Parse("512Mi")).ToString());
        Assert.Equal("900m", (Quantity.Parse("1") - Quantity.Parse("100m")).ToString());
        Assert.Equal("300m", (Quantity.Parse("100m") * 3).ToString());
        Assert.Equal(Quantity.Parse("1Ki"), Quantity.Parse("1024"));
        Assert.True(Quantity.Parse("999m") < Quantity.Parse("1"));
    }

    [Fact]
    public void Quantity_AnyMillis_SurviveTheText() =>
        Prop.ForAll<long>(static milli => Quantity.Parse(Quantity.FromMilli(milli).ToString()).MilliValue == milli).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantity_AnyUnitsInEachForm_SurviveTheText() =>
        Prop.ForAll<long>(static units => Enum.GetValues<QuantityFormat>().All(format => Quantity.Parse(Quantity.FromUnits(units, format).ToString()).Value == units)).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantity_AtTheEndOfTheRange_IsCut()
    {
        var large = Quantity.Parse("1e9000");
        Assert.True(large + large >= large);
        Assert.True(large * 2 >= large);
        Assert.Equal(long.MaxValue, large.Value);
        Assert.Equal(long.MinValue, (-large).Value);
    }
}
