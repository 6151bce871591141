using Naru.Controllers.Services;
using Naru.Objects.Kinds;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Controllers.Tests.Upkeep;

/// <summary>Families of a service that stands and is changed.</summary>
public sealed class ServiceFamiliesTests
{
    private const string Dual = """{"clusterIP":"10.96.0.5","clusterIPs":["10.96.0.5","fd00::5"],"ipFamilies":["IPv4","IPv6"],"ipFamilyPolicy":"POLICY"}""";
    private const string Alone = """{"clusterIP":"10.96.0.5","clusterIPs":["10.96.0.5"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"POLICY"}""";

    [Theory]
    [InlineData("SingleStack", "PreferDualStack", "IPv4 IPv6")]
    [InlineData("SingleStack", "RequireDualStack", "IPv4 IPv6")]
    [InlineData("PreferDualStack", "RequireDualStack", "IPv4 IPv6")]
    [InlineData("PreferDualStack", "PreferDualStack", "IPv4")]
    public void OneFamily_GetsTheOtherWhenItIsAskedFor(string before, string now, string families) => Assert.Equal((families, ""), Complete(Alone, before, Alone, now, "IPv4", "IPv6"));

    [Theory]
    [InlineData("PreferDualStack", "SingleStack", "IPv4")]
    [InlineData("RequireDualStack", "SingleStack", "IPv4")]
    [InlineData("RequireDualStack", "PreferDualStack", "IPv4 IPv6")]
    public void BothFamilies_LoseTheSecondWhenOneIsAskedFor(string before, string now, string families) => Assert.Equal((families, ""), Complete(Dual, before, Dual, now, "IPv4", "IPv6"));

    [Fact]
    public void BothFamilies_PreferredInAClusterOfOneNow_StayAsTheyAre() => Assert.Equal(("IPv4 IPv6", ""), Complete(Dual, "PreferDualStack", Dual, "PreferDualStack", "IPv4"));

    [Fact]
    public void SecondFamily_TakenAwayUnsaid_IsRefused()
    {
        var (_, words) = Complete(Dual, "RequireDualStack", Alone, "RequireDualStack", "IPv4", "IPv6");

        Assert.Contains("must be 'SingleStack' to release the secondary cluster IP", words, StringComparison.Ordinal);
        Assert.Contains("must be 'SingleStack' to release the secondary IP family", words, StringComparison.Ordinal);
    }

    [Fact]
    public void SecondAddress_OtherThanBefore_WithOneFamily_IsRefused() =>
        Assert.Contains(
            "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
            Complete(Dual, "RequireDualStack", Dual.Replace("fd00::5", "fd00::6", StringComparison.Ordinal), "SingleStack", "IPv4", "IPv6").Words,
            StringComparison.Ordinal);

    [Fact]
    public void Policy_LeftOut_IsTheOneBefore() => Assert.Equal(("IPv4 IPv6", ""), Complete(Dual, "RequireDualStack", Dual.Replace(""","ipFamilyPolicy":"POLICY" """.TrimEnd(), "", StringComparison.Ordinal), "", "IPv4", "IPv6"));

    [Fact]
    public void Address_OfAFamilyThatTheClusterLacks_IsRefusedByItsPlace() =>
        Assert.Contains("spec.clusterIPs[0]: Invalid value: [\"fd00::5\"]: IPv6 is not configured on this cluster", Complete(null, "", """{"clusterIP":"fd00::5"}""", "", "IPv4").Words, StringComparison.Ordinal);

    private static (string Families, string Words) Complete(string? old, string before, string spec, string now, params string[] cluster)
    {
        var errors = new FieldErrors();
        var body = TreeJson.Parse(spec.Replace("POLICY", now, StringComparison.Ordinal));
        ServiceFamilies.Complete(body, old is null ? null : TreeJson.Parse(old.Replace("POLICY", before, StringComparison.Ordinal)), cluster, errors);
        return (string.Join(' ', body.List("ipFamilies")?.Texts() ?? []), errors.IsEmpty ? "" : errors.ToFailure("", "Service", "s").Message);
    }
}
