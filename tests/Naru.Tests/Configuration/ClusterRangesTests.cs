using Naru.Configuration;

namespace Naru.Tests.Configuration;

public sealed class ClusterRangesTests
{
    [Theory]
    [InlineData("", "", true, "10.244.0.0/16,fd00:10:244::/56", "10.96.0.0/12,fd00:10:96::/112")]
    [InlineData("", "", false, "10.244.0.0/16", "10.96.0.0/12")]
    [InlineData("10.1.0.0/16", "", true, "10.1.0.0/16", "10.96.0.0/12")]
    [InlineData("fd00:1::/56,10.1.0.0/16", "", true, "fd00:1::/56,10.1.0.0/16", "fd00:10:96::/112,10.96.0.0/12")]
    [InlineData("", "10.2.0.0/16", true, "10.244.0.0/16,fd00:10:244::/56", "10.2.0.0/16")]
    [InlineData("", "fd00:2::/112", true, "fd00:10:244::/56,10.244.0.0/16", "fd00:2::/112")]
    [InlineData("10.1.0.0/16,fd00:1::/56", "10.2.0.0/16,fd00:2::/112", false, "10.1.0.0/16,fd00:1::/56", "10.2.0.0/16,fd00:2::/112")]
    public void Ranges_AreThoseAskedFor_OrTheUsualOnesOfTheHostsFamilies(string pods, string services, bool hasV6, string wantedPods, string wantedServices)
    {
        var ranges = ClusterRanges.Of(new NaruOptions { PodRanges = Parts(pods), ServiceRanges = Parts(services) }, hasV6);

        Assert.Equal((wantedPods, wantedServices), (string.Join(',', ranges.Pods), string.Join(',', ranges.Services)));
    }

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
