using Naru.Agent.Admission;
using Naru.Agent.Tests.Pods;

namespace Naru.Agent.Tests.Admission;

public sealed class AppArmorRulesTests
{
    [Theory]
    [InlineData("""{"containers":[{"name":"c","securityContext":{"appArmorProfile":{"type":"Localhost","localhostProfile":"x"}}}]}""", true)]
    [InlineData("""{"securityContext":{"appArmorProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"c"}]}""", true)]
    [InlineData("""{"securityContext":{"appArmorProfile":{"type":"Unconfined"}},"containers":[{"name":"c"}]}""", false)]
    [InlineData("""{"containers":[{"name":"c"}]}""", false)]
    public void Profile_OnAHostWithoutAppArmor_IsRefused(string spec, bool refused)
    {
        Assert.Equal(refused ? "AppArmor" : null, AppArmorRules.Check(PodFixture.Pod(spec), false)?.Reason);
        Assert.Null(AppArmorRules.Check(PodFixture.Pod(spec), true));
    }

    [Fact]
    public void Profile_OfAContainer_GoesBeforeThePods()
    {
        var pod = PodFixture.Pod("""{"securityContext":{"appArmorProfile":{"type":"Unconfined"}},"containers":[{"name":"a","securityContext":{"appArmorProfile":{"type":"Localhost","localhostProfile":"x"}}},{"name":"b"}]}""");

        Assert.Equal(["x", "unconfined"], pod.Members.Select(one => AppArmorRules.ProfileOf(pod, one)));
    }
}
